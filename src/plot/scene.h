/* A scene: what the plot shows, as arrays and labels. No GTK, no model, no case: `app`
 * builds it from a result. Immutable once built, reference counted. */
#pragma once

#include <glib.h>

/* A curve with its bands; arrays of n, band arrays may be NULL. */
typedef struct
{
  char *label;    /* "A  1000 mg q12h" */
  char *sublabel; /* "(current)" or NULL */
  guint n;
  double *time_h;
  double *value;
  double *low90, *low50, *high50, *high90;
} TdmSceneCurve;

typedef enum
{
  TDM_SCENE_LEVEL_USED,
  TDM_SCENE_LEVEL_LEFT_OUT,
  TDM_SCENE_LEVEL_BELOW, /* below the limit: a downward triangle at the limit */
  TDM_SCENE_LEVEL_ABOVE,
} TdmSceneLevelKind;

typedef struct
{
  double time_h, value, sd; /* sd = assay and residual SD, 0 = none */
  TdmSceneLevelKind kind;
  gboolean outlier; /* ringed */
  char *reason;     /* why it was left out, or NULL */
  char *tooltip;    /* "observed 11.4, expected before fit 18.0, after fit 11.7 mg/L" */
  double from_h, to_h; /* between which it was drawn; the same = known */
} TdmSceneLevel;

typedef struct
{
  double time_h, duration_h, amount;
  gboolean planned;       /* outline instead of filled */
  gboolean missed;        /* not given: hollow with a bar across */
  guint regimen;          /* 0 = A (current), 1 = B (chosen) */
  double least_h, most_h; /* how long it ran where that is not known; 0 = known */
} TdmSceneDose;

typedef struct
{
  double time_h;
  char *label; /* "SCR 141 µmol/L" */
} TdmSceneMark;

/* AUC of one 24 h period, for AUC targets (bars with the target as a bracket). */
typedef struct
{
  double from_h, to_h;
  double value, low90, high90;
  guint regimen;
} TdmSceneArea;

typedef enum
{
  TDM_SCENE_TARGET_NONE,
  TDM_SCENE_TARGET_LEVEL, /* a concentration window: shaded band */
  TDM_SCENE_TARGET_AREA,  /* an AUC window: bars below */
} TdmSceneTargetKind;

typedef struct
{
  gatomicrefcount ref_count;
  char *title;         /* "Vancomycin, mg/L" */
  char *unit;          /* "mg/L" */
  char *caption;       /* "50 % and 90 % of likely curves for this patient" */
  char *summary;       /* the plot in one sentence, for screen readers */
  GDateTime *start;    /* clock time of hour 0, or NULL: hours are shown */
  double now_h;        /* the now-line; everything right of it is predicted */
  double from_h, to_h; /* full extent in time */
  GPtrArray *curves;  /* TdmSceneCurve*: 0 = A, this patient, current regimen; 1 = B, or
                         absent */
  GPtrArray *members; /* TdmSceneCurve*: what each model says, thin, no bands */
  TdmSceneCurve *typical; /* dotted; or NULL */
  GPtrArray *levels;      /* TdmSceneLevel* */
  GPtrArray *doses;       /* TdmSceneDose* */
  GPtrArray *marks;       /* TdmSceneMark* */
  GPtrArray *areas;       /* TdmSceneArea*, drawn when the target is an area */
  char *area_title;       /* "AUC24, mg·h/L" */
  char *dose_unit;        /* "mg" */
  TdmSceneTargetKind target_kind;
  double target_low, target_high; /* -INFINITY, INFINITY = open */
  char *target_label;             /* "trough target" */
  char *target_text;              /* "15–20 mg/L" */
  GArray *target_times;  /* double: where a trough or peak target applies (crosses) */
  gboolean extrapolated; /* bands hatched */
} TdmScene;

TdmScene *tdm_scene_new (void) G_GNUC_WARN_UNUSED_RESULT; /* empty arrays */
TdmScene *tdm_scene_ref (TdmScene *self);
void tdm_scene_unref (TdmScene *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TdmScene, tdm_scene_unref)

/* While building. Everything passed in is copied; band arrays may be NULL, all four or
 * only the pair of 90 %. The curve returned is borrowed. */
TdmSceneCurve *tdm_scene_add_curve (TdmScene *self, const char *label,
                                    const char *sublabel, guint n, const double *time_h,
                                    const double *value);
TdmSceneCurve *tdm_scene_add_member (TdmScene *self, const char *label, guint n,
                                     const double *time_h, const double *value);
TdmSceneCurve *tdm_scene_set_typical (TdmScene *self, const char *label, guint n,
                                      const double *time_h, const double *value);
void tdm_scene_curve_set_band_90 (TdmSceneCurve *self, const double *low,
                                  const double *high);
void tdm_scene_curve_set_band_50 (TdmSceneCurve *self, const double *low,
                                  const double *high);
void tdm_scene_add_level (TdmScene *self, const TdmSceneLevel *level);
void tdm_scene_add_dose (TdmScene *self, const TdmSceneDose *dose);
void tdm_scene_add_mark (TdmScene *self, double time_h, const char *label);
void tdm_scene_add_area (TdmScene *self, const TdmSceneArea *area);
void tdm_scene_add_target_time (TdmScene *self, double time_h);

/* Asserts what a scene promises: finite numbers, times in order, bands in order, an
 * extent of some length. NaN in a curve is a programmer's error, never a gap. */
void tdm_scene_check (const TdmScene *self);

/* The value of `series` (one of the curve's arrays) at `time_h`, linear between points,
 * the end values outside. */
double tdm_scene_curve_at (const TdmSceneCurve *self, const double *series,
                           double time_h);
gboolean tdm_scene_curve_covers (const TdmSceneCurve *self, double time_h);
