/* titrate-cli plot: the concentration plot as a file, without a display. */
#include "cli/cli.h"

#include "app/scene-builder.h"
#include "cli/text.h"
#include "engine/result-json.h"
#include "engine/words.h"
#include "plot/plot.h"

/* The proportions of the window's plot. */
#define WIDTH 1000
#define HEIGHT 620

static gboolean
save (const TdmResult *result, const TdmResultOptions *result_options,
      const TdmCliOptions *options, GError **error)
{
  g_autoptr (TdmScene) scene = tdm_scene_builder_build (result, result_options);
  g_autoptr (TdmPlot) plot = tdm_plot_new ();
  tdm_plot_set_size (plot, WIDTH, HEIGHT);
  tdm_plot_set_scene (plot, scene);
  tdm_plot_fit (plot);
  tdm_plot_set_log (plot, options->log_scale);
  return tdm_plot_save (plot, options->output, error);
}

gboolean
tdm_cli_plot (const TdmCliOptions *options, TdmCliAnswer *answer, GError **error)
{
  static const char *const suffixes[] = { ".svg", ".png", ".pdf", NULL };
  TdmResultOptions result_options = { 0 };
  if (!tdm_cli_check_output (options, suffixes, error)
      || !tdm_cli_draws (options, &result_options, error))
    return FALSE;
  result_options.output = options->show;
  g_autoptr (TdmResult) result = tdm_cli_compute (options, &result_options, error);
  if (!result || !tdm_cli_check_name ("--show", options->show, result->model, error)
      || !save (result, &result_options, options, error))
    return FALSE;
  g_autofree char *summary = tdm_words_plot (result);
  tdm_cli_answer_file (answer, options, "titrate-plot/1", summary);
  tdm_cli_answer_judge (answer, result->fit, NULL);
  return TRUE;
}
