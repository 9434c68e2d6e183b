/* A faulty line gets a value that is always right, or is put out of the way; a faulty
 * section that a file can do without goes. What the rest of the file then lacks is not
 * counted as a fault. */
#include "model/lint-repair.h"

#include <string.h>

#define MOST_REPAIRS 2

/* Values for keys that must be there; `kind` NULL = in every section. */
static const struct
{
  const char *kind, *key, *value;
} stand_ins[] = {
  { "model", "format", "titrate-model/1" },
  { "model", "version", "1" },
  { "model", "status", "C" },
  { "model", "drug", "Example" },
  { "model", "reference", "x" },
  { "model", "status_text", "x" },
  { "model", "population", "x" },
  { "model", "limits", "x" },
  { "people", "setting", "x" },
  { "covariate", "allowed", "0.001 to 100000" },
  { "occasions", "start", "dose" },
  { "output", "unit", "mg/L" },
  { "output", "proportional", "10 %" },
  { "output", "log_sd", "0.2" },
  { "output", "coefficient", "0.1" },
  { "output", "power", "1" },
  { "output", "assay", "0.1, 0.1" },
  { "dosing", "loading", "1 to 2 mg/kg" },
  { NULL, "title", "x" },
  { NULL, "source", "x" },
};

/* What names usually are in. */
static const struct
{
  const char *pattern, *unit;
} habits[] = {
  { "^(VMAX|VM)$", "mg/h" },
  { "^KM$", "mg/L" },
  { "^(CL|Q)", "L/h" },
  { "^V", "L" },
  { "^K", "1/h" },
  { "^(T|D|ALAG)", "h" },
  { "^WT$|^FFM$|BW$", "kg" },
  { "^AGE$", "y" },
  { "^HT$", "cm" },
  { "^SCR$", "mg/dL" },
  { "^CLCR$", "mL/min" },
  { "^PMA$|^GA$", "wk" },
  { "^PNA$", "d" },
};

static const char *
usual_unit (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (habits); i++)
    if (g_regex_match_simple (habits[i].pattern, name, 0, 0))
      return habits[i].unit;
  return "1";
}

/* The line of the heading above line `at`; the first line where there is none. */
static guint
heading_of (const TdmRepair *self, guint at)
{
  while (at > 0 && self->lines[at][0] != '[')
    at--;
  return at;
}

/* The line after the section that line `at` is in. */
static guint
end_of (const TdmRepair *self, guint at)
{
  for (at++; at < self->n && self->lines[at][0] != '[';)
    at++;
  return at;
}

/* "covariate" of "[covariate WT]". Yours. */
static char *
kind_of (const TdmRepair *self, guint at)
{
  const char *heading = self->lines[heading_of (self, at)];
  return *heading == '[' ? g_strndup (heading + 1, strcspn (heading + 1, " ]"))
                         : g_strdup ("");
}

/* "WT" of "[covariate WT]". Yours. */
static char *
name_of (const TdmRepair *self, guint at)
{
  const char *space = strchr (self->lines[heading_of (self, at)], ' ');
  return space != NULL ? g_strndup (space + 1, strcspn (space + 1, "]"))
                       : g_strdup ("");
}

/* What stands before "=". Yours. */
static char *
key_of (const char *line)
{
  return g_strstrip (g_strndup (line, strcspn (line, "=")));
}

/* The line of a key in the section of line `at`, or n. */
static guint
find_key (const TdmRepair *self, guint at, const char *key)
{
  const guint end = end_of (self, heading_of (self, at));
  for (guint i = heading_of (self, at) + 1; i < end; i++)
    {
      g_autofree char *own = key_of (self->lines[i]);
      if (strcmp (own, key) == 0 && strchr (self->lines[i], '=') != NULL)
        return i;
    }
  return self->n;
}

/* The line of "[section]", or n. */
static guint
find_section (const TdmRepair *self, const char *heading)
{
  for (guint i = 0; i < self->n; i++)
    if (g_str_has_prefix (self->lines[i], heading))
      return i;
  return self->n;
}

static gboolean
has_key (const TdmRepair *self, const char *heading, const char *key)
{
  const guint at = find_section (self, heading);
  return at < self->n && find_key (self, at, key) < self->n;
}

static void
set_line (TdmRepair *self, guint at, char *text)
{
  g_free (self->lines[at]);
  self->lines[at] = text;
  self->repaired[at]++;
}

/* Writes "key = value" where nothing stands in the section of line `at`. */
static gboolean
add_key (TdmRepair *self, guint at, const char *key, const char *value)
{
  const guint end = end_of (self, heading_of (self, at));
  for (guint i = heading_of (self, at) + 1; i < end; i++)
    if (self->lines[i][0] == '\0' || self->lines[i][0] == '#'
        || strchr (self->lines[i], '[') != NULL)
      {
        set_line (self, i, g_strdup_printf ("%s = %s", key, value));
        return TRUE;
      }
  return FALSE;
}

static gboolean
is_touched (const TdmRepair *self, guint at)
{
  for (guint i = heading_of (self, at); i < end_of (self, heading_of (self, at)); i++)
    if (self->repaired[i] > 0)
      return TRUE;
  return FALSE;
}

/* What stands between “ and ” after `before` in a message. Yours, or NULL. */
static char *
quoted (const char *message, const char *before)
{
  const char *at = strstr (message, before);
  const char *end = at != NULL ? strstr (at + strlen (before), "”") : NULL;
  return end != NULL ? g_strndup (at + strlen (before), end - at - strlen (before))
                     : NULL;
}

gboolean
tdm_repair_follows (const TdmRepair *self, guint at, const char *message)
{
  if (self->repaired[at] > 0)
    return TRUE;
  for (guint i = 0; i < self->lost->len; i++)
    if (strstr (message, self->lost->pdata[i]) != NULL)
      return TRUE;
  if (strstr (message, "no parameter uses") != NULL)
    return self->uses_gone;
  return self->lines[at][0] == '[' && is_touched (self, at);
}

/* A parameter keeps its random effect, which would otherwise be used by nothing. */
static char *
parameter_value (const TdmRepair *self, const char *key)
{
  g_autoptr (GString) value = g_string_new ("1 []");
  if (has_key (self, "[effects]", key))
    g_string_append_printf (value, " * exp(eta_%s)", key);
  if (has_key (self, "[occasion_effects]", key))
    g_string_append_printf (value, " * exp(iov_%s)", key);
  return g_string_free (g_steal_pointer (&value), FALSE);
}

static const char *
first_name (const TdmRepair *self, const char *heading)
{
  static char name[64];
  const guint at = find_section (self, heading);
  g_autofree char *found = g_strdup ("x");
  if (at < self->n)
    {
      g_free (found);
      found = name_of (self, at);
    }
  g_strlcpy (name, found, sizeof name);
  return name;
}

static char *
structure_value (const TdmRepair *self, const char *key)
{
  const char *parameters = "[parameters]";
  const gboolean three = has_key (self, parameters, "V3");
  const gboolean two = has_key (self, parameters, "V2");
  const gboolean chain =
      has_key (self, parameters, "KA") || has_key (self, parameters, "KTR");
  if (strcmp (key, "kind") == 0)
    return g_strdup (find_section (self, "[ode]") < self->n ? "ode" : "linear");
  if (strcmp (key, "compartments") == 0)
    return g_strdup (three ? "3" : two ? "2" : "1");
  return strcmp (key, "chain") == 0 ? g_strdup (chain ? "1" : "0") : NULL;
}

static char *
route_value (const TdmRepair *self, const char *key)
{
  gboolean durations = FALSE;
  for (guint i = 0; i < self->n; i++)
    durations |= g_str_has_prefix (self->lines[i], "durations");
  if (strcmp (key, "infusion") == 0)
    return g_strdup (durations ? "yes" : "no");
  if (strcmp (key, "into") != 0)
    return NULL;
  const guint ode = find_section (self, "[ode]");
  if (ode + 1 < self->n)
    return key_of (self->lines[ode + 1]);
  return g_strdup ("central");
}

/* The error that goes with the keys there are. */
static const char *
error_value (const TdmRepair *self, guint at)
{
  const gboolean additive = find_key (self, at, "additive") < self->n;
  const gboolean proportional = find_key (self, at, "proportional") < self->n;
  const gboolean log_sd = find_key (self, at, "log_sd") < self->n;
  if (find_key (self, at, "coefficient") < self->n)
    return "power";
  if (find_key (self, at, "assay") < self->n)
    return "assay";
  return log_sd && additive         ? "log_additive"
         : log_sd                   ? "log"
         : additive && proportional ? "combined"
         : additive                 ? "additive"
                                    : "proportional";
}

static char *
unit_value (const char *message, const char *name)
{
  const char *wanted = strstr (message, "expected the unit ");
  if (wanted != NULL)
    return g_strdup (wanted + strlen ("expected the unit "));
  if (strstr (message, "expected the name of a parameter") != NULL)
    return NULL;
  return g_strdup (usual_unit (name));
}

/* A number that a check may expect: of the first parameter. Yours, or NULL. */
static char *
a_value (const TdmRepair *self)
{
  const guint at = find_section (self, "[parameters]");
  for (guint i = at + 1; at < self->n && i < end_of (self, at); i++)
    {
      g_autofree char *name = key_of (self->lines[i]);
      if (strchr (self->lines[i], '=') != NULL && self->lines[i][0] != '#')
        return g_strdup_printf ("%s 1", name);
    }
  return NULL;
}

/* A value that is always right for line `at`; NULL: the line goes. Yours. */
static char *
value_for (const TdmRepair *self, guint at, const char *message, const char *key)
{
  g_autofree char *kind = kind_of (self, at), *name = name_of (self, at);
  const gboolean pair = strchr (key, ' ') != NULL;
  if (strstr (message, "twice") != NULL || strstr (message, "unknown key") != NULL
      || strstr (message, "expected no") != NULL
      || strstr (message, "not both") != NULL)
    return NULL;
  if (strcmp (kind, "parameters") == 0)
    return parameter_value (self, key);
  if (strcmp (kind, "terms") == 0 || strcmp (kind, "ode_terms") == 0
      || strcmp (kind, "ode") == 0)
    return g_strdup ("1 []");
  if (strcmp (kind, "units") == 0)
    return unit_value (message, key);
  if (strcmp (kind, "effects") == 0 || strcmp (kind, "occasion_effects") == 0)
    return pair || strstr (message, "expected a parameter") != NULL
               ? NULL
               : g_strdup ("variance 0.1");
  if (strcmp (kind, "structure") == 0)
    return structure_value (self, key);
  if (strcmp (kind, "route") == 0 && strcmp (key, "title") != 0)
    return route_value (self, key);
  if (strcmp (kind, "covariate") == 0 && strcmp (key, "unit") == 0)
    return g_strdup (usual_unit (name));
  if (strcmp (kind, "covariate") == 0 && strcmp (key, "categories") == 0)
    return g_strdup (strcmp (name, "sex") == 0 ? "male, female" : "no, yes");
  if (strcmp (kind, "output") == 0 && strcmp (key, "error") == 0)
    return g_strdup (error_value (self, at));
  if (strcmp (kind, "output") == 0 && strcmp (key, "additive") == 0)
    {
      const guint unit = find_key (self, at, "unit");
      const char *is = unit < self->n ? strchr (self->lines[unit], '=') : NULL;
      return g_strdup_printf ("1 %s", is != NULL ? is + 2 : "mg/L");
    }
  if (strcmp (kind, "check") == 0 && strcmp (key, "doses") == 0)
    return g_strdup_printf ("1 mg %s every 24 h times 2", first_name (self, "[route "));
  if (strcmp (kind, "check") == 0 && strcmp (key, "values") == 0)
    return a_value (self);
  if (strcmp (kind, "model") == 0 && strcmp (key, "id") == 0)
    {
      g_autofree char *base = g_path_get_basename (self->path);
      return g_strndup (base, strcspn (base, "."));
    }
  for (guint i = 0; i < G_N_ELEMENTS (stand_ins); i++)
    if ((stand_ins[i].kind == NULL || strcmp (stand_ins[i].kind, kind) == 0)
        && strcmp (stand_ins[i].key, key) == 0)
      return g_strdup (stand_ins[i].value);
  return NULL;
}

/* An effect goes with all that is said of it. */
static void
drop_effect (TdmRepair *self, guint at, const char *key)
{
  const guint end = end_of (self, heading_of (self, at));
  for (guint i = heading_of (self, at) + 1; i < end; i++)
    {
      g_autofree char *own = key_of (self->lines[i]);
      g_auto (GStrv) words = g_strsplit (own, " ", -1);
      if (g_strv_contains ((const char *const *)words, key))
        set_line (self, i, g_strdup ("#"));
    }
}

/* A message with this in it says nothing new. */
static void
lose (TdmRepair *self, const char *format, const char *name)
{
  g_auto (GStrv) parts = g_strsplit (format, "%s", 2);
  g_ptr_array_add (self->lost, g_strconcat (parts[0], name, parts[1], NULL));
}

/* Drops the section that line `at` is in. */
static gboolean
drop_section (TdmRepair *self, guint at)
{
  static const char *const needed[] = { "model",     "parameters", "units", "effects",
                                        "structure", "ode",        NULL };
  g_autofree char *kind = kind_of (self, at);
  if (g_strv_contains (needed, kind))
    return FALSE;
  const guint heading = heading_of (self, at), end = end_of (self, heading);
  g_autofree char *name = name_of (self, at);
  lose (self, "unknown name '%s'", name);
  lose (self, "“%s”", name);
  lose (self, strcmp (kind, "route") == 0 ? "the name of a %s" : "“[%s …]”", kind);
  self->uses_gone = TRUE;
  for (guint i = heading; i < end; i++)
    set_line (self, i, g_strdup ("#"));
  return TRUE;
}

/* Other categories than those that were meant. */
static void
lose_categories (TdmRepair *self, guint at)
{
  g_autofree char *name = name_of (self, at);
  const guint standard = find_key (self, at, "default");
  lose (self, "%s has no category", name);
  lose (self, "a category of %s", name);
  if (standard < self->n)
    set_line (self, standard, g_strdup ("#"));
}

/* A section that must be there is made to fit what else is. FALSE: nothing is done. */
static gboolean
fit_section (TdmRepair *self, guint at)
{
  g_autofree char *kind = kind_of (self, at);
  const gboolean structure = strcmp (kind, "structure") == 0;
  const gboolean effects = strstr (kind, "effects") != NULL;
  if (self->repaired[at]++ > 0)
    return FALSE;
  if (strcmp (kind, "check") == 0 && find_key (self, at, "values") == self->n)
    {
      g_autofree char *value = a_value (self);
      return value != NULL && add_key (self, at, "values", value);
    }
  for (guint i = at + 1; (structure || effects) && i < end_of (self, at); i++)
    {
      g_autofree char *key = key_of (self->lines[i]);
      g_autofree char *value = structure ? structure_value (self, key) : NULL;
      if (structure && value != NULL)
        set_line (self, i, g_strdup_printf ("%s = %s", key, value));
      else if (effects && strchr (key, ' ') != NULL)
        set_line (self, i, g_strdup ("#"));
    }
  return structure || effects;
}

static gboolean
repair_heading (TdmRepair *self, guint at, const char *message)
{
  g_autofree char *key = quoted (message, "expected the key “");
  g_autofree char *plain = quoted (message, "expected “[");
  if (plain != NULL && strstr (message, "without a name") != NULL)
    {
      set_line (self, at, g_strconcat ("[", plain, NULL));
      return TRUE;
    }
  if (strstr (message, "no parameter uses") != NULL)
    return add_key (self, at, "guard", "yes") || drop_section (self, at);
  if (key == NULL || self->repaired[at] > 0)
    return fit_section (self, at) || drop_section (self, at);
  self->repaired[at]++;
  g_autofree char *value = value_for (self, at, "", key);
  return (value != NULL && add_key (self, at, key, value)) || drop_section (self, at);
}

gboolean
tdm_repair_line (TdmRepair *self, guint at, const char *message)
{
  static const char *const using[] = { "parameters", "terms", "covariate", NULL };
  g_autofree char *kind = kind_of (self, at);
  if (self->lines[at][0] == '[')
    return repair_heading (self, at, message);
  if (self->repaired[at] >= MOST_REPAIRS)
    return drop_section (self, at);
  /* The keys are believed, not the kind of error that they do not go with. */
  const guint kind_of_error = find_key (self, at, "error");
  if (strstr (message, "with “error =") != NULL && kind_of_error < self->n
      && self->repaired[kind_of_error] == 0)
    {
      set_line (self, kind_of_error,
                g_strdup_printf ("error = %s", error_value (self, at)));
      return TRUE;
    }
  g_autofree char *key = key_of (self->lines[at]);
  if (strcmp (key, "categories") == 0)
    lose_categories (self, at);
  g_autofree char *value =
      self->repaired[at] > 0 ? NULL : value_for (self, at, message, key);
  self->uses_gone |= g_strv_contains (using, kind);
  if (strstr (message, "expected a parameter that uses") != NULL)
    drop_effect (self, at, key);
  else
    set_line (self, at,
              value != NULL ? g_strdup_printf ("%s = %s", key, value) : g_strdup ("#"));
  return TRUE;
}
