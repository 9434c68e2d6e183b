#include "plot/paper.h"
#include "plot/plot-private.h"

static void
draw_cb (gpointer data, cairo_t *cr, guint page)
{
  tdm_plot_draw (data, cr);
}

gboolean
tdm_plot_save (TdmPlot *self, const char *path, GError **error)
{
  g_return_val_if_fail (self->scene != NULL, FALSE);
  const TdmPaper paper = {
    .width = self->width,
    .height = self->height,
    .n_pages = 1,
    .title = self->scene->title,
    .draw = draw_cb,
    .data = self,
  };
  return tdm_paper_write (&paper, path, error);
}
