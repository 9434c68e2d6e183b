#include "model/skeleton.h"

#include <string.h>

#include "base/error.h"

static const char text[] =
    "# DRUG: what is marked with REPLACE is yours to write; models lint lists it.\n"
    "# The format is described in models/README.md.\n\n"
    "[model]\nformat = titrate-model/1\nid = ID\nversion = 1\ndrug = DRUG\n"
    "title = REPLACE: drug, people, way of giving (author and year)\n"
    "reference = REPLACE: the paper, as one cites it\n"
    "# doi = 10.…/…, if you have it\n"
    "# A, B or C: how many independent sources the numbers were checked against.\n"
    "status = C\nstatus_text = REPLACE: how the numbers were verified\n"
    "population = REPLACE: how many people, of which setting, age and weight\n"
    "limits = REPLACE: for whom it is not, what was left out\n\n"
    "# What parameters depend on, in the unit the formulas below expect.\n"
    "[covariate WT]\ntitle = Body weight\nunit = kg\n"
    "# The people of the paper; then what is still tolerable.\n"
    "studied = 50 to 100\nallowed = 35 to 180\n\n"
    "# The paper's table, typical values and what moves them.\n"
    "[parameters]\nCL = 4.2 * (WT/70)^0.75 * exp(eta_CL)\nV = 31 * WT/70 * "
    "exp(eta_V)\n\n"
    "[units]\nCL = L/h\nV = L\n\n"
    "# Between people: cv 30 %, variance 0.09, sd 0.3; CL V = correlation 0.4.\n"
    "[effects]\nCL = cv 30 %\nV = cv 20 %\n\n"
    "# linear: 1 to 3 compartments, chain = 1 for absorption; or kind = ode.\n"
    "[structure]\nkind = linear\ncompartments = 1\n\n"
    "[output C]\ntitle = REPLACE: analyte and material\nunit = mg/L\n"
    "error = combined\nadditive = 0.5 mg/L\nproportional = 15 %\n\n"
    "[route iv]\ntitle = Infusion\ninto = central\ninfusion = yes\n\n"
    "# What the ward can give; the search for a regimen tries exactly this.\n"
    "[dosing iv]\namounts = 250 to 1000 step 250 mg\nintervals = 8, 12, 24 h\n"
    "durations = 60 min\nsource = REPLACE: label or guideline\n\n"
    "[target trough]\ntitle = Trough\nmetric = trough\nlow = 5\nhigh = 10\n"
    "unit = mg/L\nsource = REPLACE: guideline\n\n"
    "# Numbers that somebody else computed for the equations above.\n"
    "[check typical patient]\ncovariates = WT 70\ndoses = 500 mg iv over 1 h\n"
    "values = CL 4.2, V 31\nlevels = 15.08 at 1 h\n"
    "source = REPLACE: the formula of one compartment, by calculator\n";

/* DRUG "-" AUTHOR "-" YEAR, small letters and digits. */
static gboolean
is_id (const char *id)
{
  g_auto (GStrv) parts = g_strsplit (id, "-", -1);
  const guint n = g_strv_length (parts);

  for (const char *c = id; *c != '\0'; c++)
    if (!g_ascii_islower (*c) && !g_ascii_isdigit (*c) && *c != '-')
      return FALSE;
  for (guint i = 0; i < n; i++)
    if (parts[i][0] == '\0')
      return FALSE;
  return n >= 3 && strlen (parts[n - 1]) == 4
         && strspn (parts[n - 1], "0123456789") == 4;
}

char *
tdm_skeleton_new (const char *id, GError **error)
{
  if (!is_id (id))
    {
      g_set_error (error, TDM_ERROR, TDM_ERROR_USAGE,
                   "“%s” is no id; expected drug-author-year such as "
                   "vancomycin-goti-2018",
                   id);
      return NULL;
    }
  g_autofree char *drug = g_strndup (id, strcspn (id, "-"));
  GString *out = g_string_new (text);

  drug[0] = g_ascii_toupper (drug[0]);
  g_string_replace (out, "DRUG", drug, 0);
  g_string_replace (out, "id = ID\n", "id = \n", 1);
  g_string_insert (out, strstr (out->str, "id = \n") - out->str + 5, id);
  return g_string_free (out, FALSE);
}
