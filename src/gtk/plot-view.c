#include "gtk/plot-view.h"

#include <adwaita.h>
#include <math.h>

#include "gtk/a11y.h"

struct _TdmPlotView
{
  GtkWidget parent_instance;

  TdmPlot *plot;
  cairo_surface_t
      *layer; /* everything but the readout, or NULL when it must be redrawn */
  int width, height, scale;
  gboolean has_readout;
  double readout_h;
  double drag_x; /* how far the present drag has panned */
  double pinch;  /* scale of the pinch so far */
  double pointer_x;
};

G_DEFINE_FINAL_TYPE (TdmPlotView, tdm_plot_view, GTK_TYPE_WIDGET)

static guint level_activated_signal;

static void
redraw (TdmPlotView *self)
{
  g_clear_pointer (&self->layer, cairo_surface_destroy);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static gboolean
has_scene (TdmPlotView *self)
{
  return tdm_plot_get_scene (self->plot) != NULL;
}

/* What a screen reader is told: the readout when there is one, else the whole in a
 * sentence. */
static void
describe (TdmPlotView *self)
{
  TdmScene *scene = tdm_plot_get_scene (self->plot);
  g_autofree char *readout = NULL;

  tdm_a11y_set_label (GTK_WIDGET (self), scene != NULL && scene->summary != NULL
                                             ? scene->summary
                                             : "Concentration over time");
  if (scene != NULL && self->has_readout)
    readout = tdm_plot_readout_text (self->plot, self->readout_h);
  tdm_a11y_set_description (GTK_WIDGET (self), readout);
}

static void
update_style (TdmPlotView *self)
{
  AdwStyleManager *manager = adw_style_manager_get_default ();
  int dpi = 96 * PANGO_SCALE;

  g_object_get (gtk_widget_get_settings (GTK_WIDGET (self)), "gtk-xft-dpi", &dpi, NULL);
  TdmPlotStyle style = { .dark = adw_style_manager_get_dark (manager),
                         .high_contrast = adw_style_manager_get_high_contrast (manager),
                         .text_scale = dpi > 0 ? dpi / (96.0 * PANGO_SCALE) : 1 };
  tdm_plot_set_style (self->plot, &style);
  redraw (self);
}

static void
draw_layer (TdmPlotView *self)
{
  cairo_t *cr;

  self->layer = cairo_image_surface_create (
      CAIRO_FORMAT_ARGB32, self->width * self->scale, self->height * self->scale);
  cairo_surface_set_device_scale (self->layer, self->scale, self->scale);
  cr = cairo_create (self->layer);
  tdm_plot_draw (self->plot, cr);
  cairo_destroy (cr);
}

static void
tdm_plot_view_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  TdmPlotView *self = TDM_PLOT_VIEW (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  int scale = gtk_widget_get_scale_factor (widget);

  if (!has_scene (self) || width < 1 || height < 1)
    return;
  if (width != self->width || height != self->height || scale != self->scale)
    {
      self->width = width;
      self->height = height;
      self->scale = scale;
      tdm_plot_set_size (self->plot, width, height);
      g_clear_pointer (&self->layer, cairo_surface_destroy);
    }
  if (self->layer == NULL)
    draw_layer (self);

  cairo_t *cr =
      gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));
  cairo_set_source_surface (cr, self->layer, 0, 0);
  cairo_paint (cr);
  if (self->has_readout)
    tdm_plot_draw_readout (self->plot, cr, self->readout_h);
  cairo_destroy (cr);
}

static void
set_readout (TdmPlotView *self, gboolean shown, double time_h)
{
  self->has_readout = shown && has_scene (self);
  self->readout_h = time_h;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
motion_cb (TdmPlotView *self, double x, double y)
{
  double from_h, to_h;

  self->pointer_x = x;
  if (!has_scene (self))
    return;
  double time_h = tdm_plot_time_at (self->plot, x);
  tdm_plot_get_range (self->plot, &from_h, &to_h);
  set_readout (self, time_h >= from_h && time_h <= to_h, time_h);
}

static void
leave_cb (TdmPlotView *self)
{
  set_readout (self, FALSE, 0);
}

static gboolean
scroll_cb (TdmPlotView *self, double dx, double dy)
{
  if (!has_scene (self))
    return FALSE;
  if (fabs (dx) > fabs (dy))
    tdm_plot_pan (self->plot, -dx * 40);
  else
    tdm_plot_zoom (self->plot, pow (1.2, -dy), self->pointer_x);
  redraw (self);
  return TRUE;
}

static void
drag_begin_cb (TdmPlotView *self)
{
  self->drag_x = 0;
}

static void
drag_update_cb (TdmPlotView *self, double x, double y)
{
  if (!has_scene (self))
    return;
  tdm_plot_pan (self->plot, x - self->drag_x);
  self->drag_x = x;
  redraw (self);
}

static void
pinch_begin_cb (TdmPlotView *self)
{
  self->pinch = 1;
}

static void
pinch_cb (TdmPlotView *self, double scale)
{
  if (!has_scene (self) || scale <= 0)
    return;
  tdm_plot_zoom (self->plot, scale / self->pinch, self->pointer_x);
  self->pinch = scale;
  redraw (self);
}

static void
pressed_cb (TdmPlotView *self, int n, double x, double y)
{
  gtk_widget_grab_focus (GTK_WIDGET (self));
  if (!has_scene (self))
    return;
  if (n == 2)
    tdm_plot_view_show_hours (self, 0);
  int level = tdm_plot_level_at (self->plot, x, y);
  if (n == 1 && level >= 0)
    g_signal_emit (self, level_activated_signal, 0, (guint)level);
}

static void
move_readout (TdmPlotView *self, int direction, gboolean small)
{
  double from_h, to_h, time_h;

  tdm_plot_get_range (self->plot, &from_h, &to_h);
  time_h = self->has_readout ? self->readout_h : tdm_plot_get_scene (self->plot)->now_h;
  if (small)
    time_h += direction * (to_h - from_h) / 200;
  else
    time_h = tdm_plot_next_event (self->plot, time_h, direction);
  time_h = CLAMP (time_h, from_h, to_h);
  set_readout (self, TRUE, time_h);
  describe (self);
}

static void
zoom (TdmPlotView *self, double factor)
{
  double x = self->has_readout ? tdm_plot_x_of (self->plot, self->readout_h)
                               : self->width / 2.0;

  tdm_plot_zoom (self->plot, factor, x);
  redraw (self);
}

static gboolean
key_cb (TdmPlotView *self, guint keyval, guint keycode, GdkModifierType state)
{
  double from_h, to_h;

  if (!has_scene (self) || (state & (GDK_CONTROL_MASK | GDK_ALT_MASK)) != 0)
    return FALSE;
  tdm_plot_get_range (self->plot, &from_h, &to_h);
  switch (keyval)
    {
    case GDK_KEY_Left:
    case GDK_KEY_Right:
      move_readout (self, keyval == GDK_KEY_Right ? 1 : -1,
                    (state & GDK_SHIFT_MASK) != 0);
      return TRUE;
    case GDK_KEY_Home:
    case GDK_KEY_End:
      set_readout (self, TRUE, keyval == GDK_KEY_Home ? from_h : to_h);
      describe (self);
      return TRUE;
    case GDK_KEY_plus:
    case GDK_KEY_KP_Add:
    case GDK_KEY_equal:
      zoom (self, 1.25);
      return TRUE;
    case GDK_KEY_minus:
    case GDK_KEY_KP_Subtract:
      zoom (self, 0.8);
      return TRUE;
    case GDK_KEY_0:
    case GDK_KEY_KP_0:
      tdm_plot_view_show_hours (self, 0);
      return TRUE;
    case GDK_KEY_l:
    case GDK_KEY_L:
      gtk_widget_activate_action (GTK_WIDGET (self), "answer.log", NULL);
      return TRUE;
    case GDK_KEY_Escape:
      set_readout (self, FALSE, 0);
      describe (self);
      return TRUE;
    default:
      return FALSE;
    }
}

void
tdm_plot_view_set_scene (TdmPlotView *self, TdmScene *scene)
{
  if (scene != NULL)
    tdm_plot_set_scene (self->plot, scene);
  else
    self->has_readout = FALSE;
  describe (self);
  redraw (self);
}

TdmPlot *
tdm_plot_view_get_plot (TdmPlotView *self)
{
  return self->plot;
}

void
tdm_plot_view_show_hours (TdmPlotView *self, double hours)
{
  TdmScene *scene = tdm_plot_get_scene (self->plot);

  if (scene == NULL)
    return;
  if (hours <= 0)
    tdm_plot_fit (self->plot);
  else
    tdm_plot_set_range (self->plot, scene->now_h - hours / 2, scene->now_h + hours / 2);
  redraw (self);
}

void
tdm_plot_view_set_log (TdmPlotView *self, gboolean log_scale)
{
  tdm_plot_set_log (self->plot, log_scale);
  redraw (self);
}

static void
add_controller (TdmPlotView *self, GtkEventController *controller, const char *signal,
                GCallback callback)
{
  g_signal_connect_swapped (controller, signal, callback, self);
  gtk_widget_add_controller (GTK_WIDGET (self), controller);
}

static void
add_controllers (TdmPlotView *self)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *drag = GTK_EVENT_CONTROLLER (gtk_gesture_drag_new ());
  GtkEventController *pinch = GTK_EVENT_CONTROLLER (gtk_gesture_zoom_new ());

  g_signal_connect_swapped (motion, "leave", G_CALLBACK (leave_cb), self);
  add_controller (self, motion, "motion", G_CALLBACK (motion_cb));
  add_controller (
      self, gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES),
      "scroll", G_CALLBACK (scroll_cb));
  g_signal_connect_swapped (drag, "drag-begin", G_CALLBACK (drag_begin_cb), self);
  add_controller (self, drag, "drag-update", G_CALLBACK (drag_update_cb));
  g_signal_connect_swapped (pinch, "begin", G_CALLBACK (pinch_begin_cb), self);
  add_controller (self, pinch, "scale-changed", G_CALLBACK (pinch_cb));
  add_controller (self, GTK_EVENT_CONTROLLER (gtk_gesture_click_new ()), "pressed",
                  G_CALLBACK (pressed_cb));
  add_controller (self, gtk_event_controller_key_new (), "key-pressed",
                  G_CALLBACK (key_cb));
}

static void
tdm_plot_view_finalize (GObject *object)
{
  TdmPlotView *self = TDM_PLOT_VIEW (object);

  g_clear_pointer (&self->layer, cairo_surface_destroy);
  g_clear_pointer (&self->plot, tdm_plot_free);
  G_OBJECT_CLASS (tdm_plot_view_parent_class)->finalize (object);
}

static void
tdm_plot_view_class_init (TdmPlotViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = tdm_plot_view_finalize;
  widget_class->snapshot = tdm_plot_view_snapshot;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  gtk_widget_class_set_css_name (widget_class, "plotview");
  level_activated_signal =
      g_signal_new ("level-activated", TDM_TYPE_PLOT_VIEW, G_SIGNAL_RUN_LAST, 0, NULL,
                    NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
}

static void
tdm_plot_view_init (TdmPlotView *self)
{
  AdwStyleManager *manager = adw_style_manager_get_default ();

  self->plot = tdm_plot_new ();
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  add_controllers (self);
  g_signal_connect_object (manager, "notify::dark", G_CALLBACK (update_style), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (manager, "notify::high-contrast", G_CALLBACK (update_style),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (gtk_widget_get_settings (GTK_WIDGET (self)),
                           "notify::gtk-xft-dpi", G_CALLBACK (update_style), self,
                           G_CONNECT_SWAPPED);
  update_style (self);
  describe (self);
}
