/* The rules of sessions of dialysis that need no model. */
#include "record/case-private.h"

#include "base/error.h"
#include "base/unit.h"

#include <math.h>

#define MAX_SESSIONS 1000
#define MAX_LENGTH_H 8760.0
/* The end is a sum: a session may begin when the one before ends. */
#define SAME_TIME_H 1e-6

static gboolean
wrong (GError **error, guint i, const char *field, const char *message)
{
  g_autofree char *place = g_strdup_printf ("dialysis[%u].%s", i, field);
  return tdm_error_set_input (error, place, "%s", message);
}

static gboolean
check_one (TdmDialysisEntry *entry, guint i, GDateTime *start, GError **error)
{
  g_autofree char *name = g_strdup_printf ("dialysis[%u]", i);
  double litres_h;
  if (!tdm_moment_resolve (&entry->time, start, name, "time", error))
    return FALSE;
  if (!(entry->duration_h > 0.0 && entry->duration_h <= MAX_LENGTH_H))
    return wrong (error, i, "duration", "must be more than 0 hours, at most a year");
  if (!(entry->clearance > 0.0 && isfinite (entry->clearance)))
    return wrong (error, i, "clearance", "must be more than 0");
  if (entry->unit == NULL
      || !tdm_unit_convert (1.0, entry->unit, "L/h", 0.0, &litres_h, NULL))
    return wrong (error, i, "unit", "expected a clearance such as mL/min or L/h");
  return TRUE;
}

static gboolean
overlap (const TdmDialysisEntry *one, const TdmDialysisEntry *other)
{
  return one->time.hours < other->time.hours + other->duration_h - SAME_TIME_H
         && other->time.hours < one->time.hours + one->duration_h - SAME_TIME_H;
}

gboolean
tdm_case_check_dialyses (TdmCase *self, GError **error)
{
  if (self->dialyses->len > MAX_SESSIONS)
    return tdm_error_set_input (error, "dialysis", "lists more than %d", MAX_SESSIONS);
  for (guint i = 0; i < self->dialyses->len; i++)
    {
      if (!check_one (self->dialyses->pdata[i], i, self->start, error))
        return FALSE;
      for (guint k = 0; k < i; k++)
        if (overlap (self->dialyses->pdata[i], self->dialyses->pdata[k]))
          return wrong (error, i, "time", "the session runs into another");
    }
  return TRUE;
}
