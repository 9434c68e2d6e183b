#include "plot/palette.h"

#define HEX(value)                                                                     \
  {                                                                                    \
    ((value) >> 16 & 255) / 255.0, ((value) >> 8 & 255) / 255.0, ((value)&255) / 255.0 \
  }

/* Okabe and Ito, Color universal design (2008): blue, vermilion, reddish purple, bluish
 * green. Texts in a colour are darkened where that colour has less than 4.5:1 contrast.
 */
static const TdmPalette light = {
  .background = HEX (0xffffff),
  .past = HEX (0xf6f6f5),
  .grid = HEX (0xe1e1e0),
  .axis = HEX (0x77767b),
  .text = HEX (0x2e3436),
  .quiet = HEX (0x5e5c64),
  .regimen = { HEX (0x0072b2), HEX (0xd55e00), HEX (0xcc79a7) },
  .typical = HEX (0x888a85),
  .typical_text = HEX (0x62645f),
  .target = HEX (0x009e73),
  .target_text = HEX (0x007a58),
  .level = HEX (0x2e3436),
  .warning = HEX (0x9c3f00),
  .card = HEX (0xffffff),
  .card_edge = HEX (0xa6a6a4),
  .band90 = 0.16,
  .band50 = 0.22,
  .faint90 = 0.10,
  .line = 2.2,
};

static const TdmPalette dark = {
  .background = HEX (0x1e1e1e),
  .past = HEX (0x292929),
  .grid = HEX (0x3c3c3c),
  .axis = HEX (0x9a9996),
  .text = HEX (0xf2f2f1),
  .quiet = HEX (0xc0bfbc),
  .regimen = { HEX (0x56b4e9), HEX (0xff8f4d), HEX (0xe0a0c4) },
  .typical = HEX (0xa2a49f),
  .typical_text = HEX (0xb6b8b3),
  .target = HEX (0x2fbf94),
  .target_text = HEX (0x4fd3ab),
  .level = HEX (0xf2f2f1),
  .warning = HEX (0xffb27d),
  .card = HEX (0x303030),
  .card_edge = HEX (0x77767b),
  .band90 = 0.20,
  .band50 = 0.26,
  .faint90 = 0.13,
  .line = 2.2,
};

static const TdmPalette light_contrast = {
  .background = HEX (0xffffff),
  .past = HEX (0xefefef),
  .grid = HEX (0xb8b8b8),
  .axis = HEX (0x000000),
  .text = HEX (0x000000),
  .quiet = HEX (0x1a1a1a),
  .regimen = { HEX (0x004f80), HEX (0x9c3f00), HEX (0x8a3566) },
  .typical = HEX (0x4d4f4a),
  .typical_text = HEX (0x3a3b38),
  .target = HEX (0x006044),
  .target_text = HEX (0x00513a),
  .level = HEX (0x000000),
  .warning = HEX (0x7a2f00),
  .card = HEX (0xffffff),
  .card_edge = HEX (0x000000),
  .band90 = 0.22,
  .band50 = 0.30,
  .faint90 = 0.14,
  .line = 3.0,
};

static const TdmPalette dark_contrast = {
  .background = HEX (0x000000),
  .past = HEX (0x1c1c1c),
  .grid = HEX (0x6a6a6a),
  .axis = HEX (0xffffff),
  .text = HEX (0xffffff),
  .quiet = HEX (0xf0f0f0),
  .regimen = { HEX (0x7cc8f5), HEX (0xffa468), HEX (0xf0b8d6) },
  .typical = HEX (0xd0d2cd),
  .typical_text = HEX (0xe2e4df),
  .target = HEX (0x4ce0b3),
  .target_text = HEX (0x7dedc9),
  .level = HEX (0xffffff),
  .warning = HEX (0xffc49b),
  .card = HEX (0x000000),
  .card_edge = HEX (0xffffff),
  .band90 = 0.28,
  .band50 = 0.34,
  .faint90 = 0.18,
  .line = 3.0,
};

/* On paper: white ground, darker greys that survive a photocopier. */
static const TdmPalette print = {
  .background = HEX (0xffffff),
  .past = HEX (0xf7f7f7),
  .grid = HEX (0xd9d9d9),
  .axis = HEX (0x333333),
  .text = HEX (0x000000),
  .quiet = HEX (0x333333),
  .regimen = { HEX (0x005a8e), HEX (0xa84800), HEX (0x8a3566) },
  .typical = HEX (0x5c5c5c),
  .typical_text = HEX (0x404040),
  .target = HEX (0x007353),
  .target_text = HEX (0x005f44),
  .level = HEX (0x000000),
  .warning = HEX (0x5c2400),
  .card = HEX (0xffffff),
  .card_edge = HEX (0x000000),
  .band90 = 0.14,
  .band50 = 0.20,
  .faint90 = 0.07,
  .line = 1.8,
};

const TdmPalette *
tdm_palette_for (const TdmPlotStyle *style)
{
  if (style->print)
    return &print;
  if (style->high_contrast)
    return style->dark ? &dark_contrast : &light_contrast;
  return style->dark ? &dark : &light;
}

void
tdm_color_set (cairo_t *cr, TdmColor color, double opacity)
{
  cairo_set_source_rgba (cr, color.red, color.green, color.blue, opacity);
}
