/* From an edit to a new picture: result, scene and drawing, as the window does it. */
#include "bench.h"

#include "app/scene-builder.h"
#include "model/library.h"
#include "num/linalg.h"
#include "plot/plot.h"
#include "record/case-file.h"

#define WIDTH 1100
#define HEIGHT 620

typedef struct
{
  TdmCase *record;
  TdmModel *model;
  TdmPlot *plot;
  cairo_surface_t *surface;
  double step; /* added to the last level at each edit, so that no two are the same */
} Desk;

static TdmCase *
edited (Desk *desk)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmCaseEdit) edit = tdm_case_edit_new (desk->record);
  guint last = tdm_case_get_n_levels (desk->record) - 1;
  TdmLevelEntry level = *tdm_case_get_level (desk->record, last);
  desk->step += 0.001;
  level.value += desk->step;
  tdm_case_edit_replace_level (edit, last, &level);
  TdmCase *record = tdm_case_edit_finish (edit, &error);
  g_assert_no_error (error);
  return record;
}

static void
draw (gpointer data)
{
  Desk *desk = data;
  cairo_t *cr = cairo_create (desk->surface);
  tdm_plot_draw (desk->plot, cr);
  cairo_destroy (cr);
}

static void
draw_readout (gpointer data)
{
  Desk *desk = data;
  cairo_t *cr = cairo_create (desk->surface);
  tdm_plot_draw_readout (desk->plot, cr, 57.0);
  cairo_destroy (cr);
}

static void
edit_to_picture (gpointer data)
{
  Desk *desk = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmCase) record = edited (desk);
  g_autoptr (TdmResult) result =
      tdm_result_compute (record, desk->model, NULL, NULL, &error);
  g_assert_no_error (error);
  g_autoptr (TdmScene) scene = tdm_scene_builder_build (result, NULL);
  tdm_plot_set_scene (desk->plot, scene);
  draw (desk);
}

/* Usage: bench-picture CASE.json */
int
main (int argc, char *argv[])
{
  g_autoptr (GError) error = NULL;
  g_assert (argc == 2);
  tdm_num_init ();
  Desk desk = { .plot = tdm_plot_new () };
  desk.record = tdm_case_file_read (argv[1], &error);
  g_assert_no_error (error);
  desk.model = tdm_library_load (tdm_case_get_model (desk.record), &error);
  g_assert_no_error (error);
  desk.surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, WIDTH, HEIGHT);
  tdm_plot_set_size (desk.plot, WIDTH, HEIGHT);
  bench_run ("from an edit to a new picture", edit_to_picture, &desk);
  bench_run ("drawing the plot, 1100 x 620", draw, &desk);
  bench_run ("drawing the readout", draw_readout, &desk);
  cairo_surface_destroy (desk.surface);
  tdm_plot_free (desk.plot);
  tdm_case_unref (desk.record);
  tdm_model_unref (desk.model);
  return 0;
}
