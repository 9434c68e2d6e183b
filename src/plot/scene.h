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
  gboolean outlier;  /* ringed */
  char *reason;      /* why it was left out, or NULL */
  char *tooltip;     /* "observed 11.4, expected before fit 18.0, after fit 11.7 mg/L" */
} TdmSceneLevel;

typedef struct
{
  double time_h, duration_h, amount;
  gboolean planned; /* outline instead of filled */
  guint regimen;    /* 0 = A (current), 1 = B (chosen) */
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
  char *title;    /* "Vancomycin, mg/L" */
  char *unit;     /* "mg/L" */
  char *caption;  /* "50 % and 90 % of likely curves for this patient" */
  char *summary;  /* the plot in one sentence, for screen readers */
  GDateTime *start; /* clock time of hour 0, or NULL: hours are shown */
  double now_h;     /* the now-line; everything right of it is predicted */
  double from_h, to_h; /* full extent in time */
  GPtrArray *curves; /* TdmSceneCurve*: 0 = A, this patient, current regimen; 1 = B, or absent */
  TdmSceneCurve *typical; /* dotted; or NULL */
  GPtrArray *levels;      /* TdmSceneLevel* */
  GPtrArray *doses;       /* TdmSceneDose* */
  GPtrArray *marks;       /* TdmSceneMark* */
  GPtrArray *areas;       /* TdmSceneArea* */
  char *dose_unit;        /* "mg" */
  TdmSceneTargetKind target_kind;
  double target_low, target_high; /* -INFINITY, INFINITY = open */
  char *target_label;             /* "trough target" */
  char *target_text;              /* "15–20 mg/L" */
  GArray *target_times;           /* double: where a trough or peak target applies (crosses) */
  gboolean extrapolated;          /* bands hatched */
} TdmScene;

TdmScene *tdm_scene_new (void) G_GNUC_WARN_UNUSED_RESULT; /* empty arrays */
TdmScene *tdm_scene_ref (TdmScene *self);
void tdm_scene_unref (TdmScene *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TdmScene, tdm_scene_unref)
