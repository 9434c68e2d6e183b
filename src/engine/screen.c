/* The draws are equally weighted and in random order, so that evenly taken ones stand
 * for all. Of those that lead after the first look, the first few are judged under all
 * draws; where that puts others in front, these in their turn, until the front has been
 * judged so. Chances of the rest are good to 0.05 (one standard error). */
#include "engine/screen.h"

#include <string.h>

/* Draws of the first look, and regimens that are then looked at under all. */
#define FIRST_DRAWS 100
#define FRONT 6
/* Scores that are not told apart when regimens are ranked: those so near to the best
 * are of the front. */
#define EQUAL_SCORE 0.0101

gboolean
tdm_screen_is_exact (const TdmScoreInput *input)
{
  return input->draws <= FIRST_DRAWS
         || tdm_model_is_proportional (tdm_problem_get_model (input->problem),
                                       input->target->output);
}

static gboolean
judge (const TdmScoreInput *input, TdmRegimen *const *regimens, guint n, GError **error)
{
  g_autoptr (TdmScore) score = tdm_score_new (input, regimens, n, error);
  for (guint i = 0; score && i < n; i++)
    {
      g_ptr_array_set_size (regimens[i]->notes, 0);
      tdm_score_summarise (score, input->target, i, regimens[i]);
    }
  return score != NULL;
}

static gboolean
look_first (const TdmScoreInput *input, TdmRegimen *const *regimens, guint n,
            GError **error)
{
  const gsize width = tdm_problem_get_n_values (input->problem);
  g_autofree double *rows = g_new (double, FIRST_DRAWS *width + 1);
  TdmScoreInput few = *input;
  for (guint d = 0; d < FIRST_DRAWS; d++)
    memcpy (rows + d * width,
            input->rows + (gsize)((guint64)d * input->draws / FIRST_DRAWS) * width,
            width * sizeof (double));
  few.rows = rows;
  few.draws = FIRST_DRAWS;
  return judge (&few, regimens, n, error);
}

static gint
compare_scores (gconstpointer a, gconstpointer b)
{
  const TdmRegimen *x = *(TdmRegimen *const *)a, *y = *(TdmRegimen *const *)b;
  return (x->score < y->score) - (x->score > y->score);
}

/* Those of the front, and the current regimen, that have not seen all draws. */
static GPtrArray *
find_front (const TdmScoreInput *input, TdmRegimen *const *regimens, guint n)
{
  g_autoptr (GPtrArray) sorted = g_ptr_array_new ();
  GPtrArray *out = g_ptr_array_new ();
  for (guint i = 0; i < n; i++)
    g_ptr_array_add (sorted, regimens[i]);
  g_ptr_array_sort (sorted, compare_scores);
  for (guint i = 0; i < n; i++)
    {
      TdmRegimen *one = sorted->pdata[i];
      const TdmRegimen *best = sorted->pdata[0];
      const gboolean leads = i < FRONT || one->score >= best->score - EQUAL_SCORE;
      if ((leads || one->is_current) && one->draws < input->draws)
        g_ptr_array_add (out, one);
    }
  return out;
}

gboolean
tdm_screen_judge (const TdmScoreInput *input, TdmRegimen *const *regimens, guint n,
                  GError **error)
{
  if (tdm_screen_is_exact (input) || n <= FRONT)
    return judge (input, regimens, n, error);
  if (!look_first (input, regimens, n, error))
    return FALSE;
  for (;;)
    {
      g_autoptr (GPtrArray) front = find_front (input, regimens, n);
      if (front->len == 0)
        return TRUE;
      if (!judge (input, (TdmRegimen *const *)front->pdata, front->len, error))
        return FALSE;
    }
}
