#include "gtk/chance-bar.h"

#define BAR_WIDTH 84
#define BAR_HEIGHT 12

struct _TdmChanceBar
{
  GtkWidget parent_instance;

  double parts[3]; /* below, within, above */
};

G_DEFINE_FINAL_TYPE (TdmChanceBar, tdm_chance_bar, GTK_TYPE_WIDGET)

static void
tdm_chance_bar_measure (GtkWidget *widget, GtkOrientation orientation, int for_size,
                        int *minimum, int *natural, int *minimum_baseline,
                        int *natural_baseline)
{
  *minimum = *natural =
      orientation == GTK_ORIENTATION_HORIZONTAL ? BAR_WIDTH : BAR_HEIGHT;
}

static void
tdm_chance_bar_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  /* Okabe and Ito's sky blue, bluish green and vermilion: below, within, above. */
  static const GdkRGBA colours[3] = { { 0.34f, 0.71f, 0.91f, 1 },
                                      { 0.0f, 0.62f, 0.45f, 1 },
                                      { 0.84f, 0.37f, 0.0f, 1 } };
  TdmChanceBar *self = TDM_CHANCE_BAR (widget);
  float width = (float)gtk_widget_get_width (widget);
  float height = (float)gtk_widget_get_height (widget);
  float y = (height - BAR_HEIGHT) / 2, x = 0;
  GskRoundedRect outline;

  gsk_rounded_rect_init_from_rect (
      &outline, &GRAPHENE_RECT_INIT (0, y, width, BAR_HEIGHT), BAR_HEIGHT / 4.0f);
  gtk_snapshot_push_rounded_clip (snapshot, &outline);
  for (guint i = 0; i < 3; i++)
    {
      float part = (float)self->parts[i] * width;
      /* The outer parts are thinner, so that the middle one shows in grey print too. */
      float inset = i == 1 ? 0 : BAR_HEIGHT / 4.0f;
      gtk_snapshot_append_color (
          snapshot, &colours[i],
          &GRAPHENE_RECT_INIT (x, y + inset, part, BAR_HEIGHT - 2 * inset));
      x += part;
    }
  gtk_snapshot_pop (snapshot);
}

static void
tdm_chance_bar_class_init (TdmChanceBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->measure = tdm_chance_bar_measure;
  widget_class->snapshot = tdm_chance_bar_snapshot;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
tdm_chance_bar_init (TdmChanceBar *self)
{
}

GtkWidget *
tdm_chance_bar_new (double below, double within, double above)
{
  TdmChanceBar *self = g_object_new (TDM_TYPE_CHANCE_BAR, NULL);

  self->parts[0] = below;
  self->parts[1] = within;
  self->parts[2] = above;
  return GTK_WIDGET (self);
}
