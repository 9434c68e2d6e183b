/* The kernels compiled for plain numbers, for one to eight first derivatives, and for
 * any size. */
#include "pk/linear-kernel.h"

#include "pk/linear.h"

#define INSTANCE(name, jet_space)                                                    \
  static void set_rates_##name (TdmPkLinear *self, const double *parameters)         \
  {                                                                                  \
    kernel_micro (self, jet_space, parameters);                                      \
    if (self->c == 2)                                                                \
      kernel_two (self, jet_space);                                                  \
    else if (self->c == 3)                                                           \
      tdm_pk_linear_three (self);                                                    \
    else                                                                             \
      for (guint i = 0; i < self->space.size; i++)                                   \
        self->l[i] = self->k[i];                                                     \
  }                                                                                  \
  static void fill_##name (TdmPkLinear *self, TdmPkPropagator *q)                    \
  {                                                                                  \
    kernel_fill (self, jet_space, q);                                                \
  }                                                                                  \
  static void force_##name (TdmPkLinear *self, TdmPkPropagator *q)                   \
  {                                                                                  \
    kernel_force (self, jet_space, q);                                               \
  }                                                                                  \
  static void advance_##name (TdmPkLinear *self, const TdmPkPropagator *q,           \
                              const TdmPkStretch *stretch, double *states)           \
  {                                                                                  \
    kernel_advance (self, jet_space, q, stretch, states);                            \
  }                                                                                  \
  static void area_##name (TdmPkLinear *self, const TdmPkStretch *stretch,           \
                           const double *before, const double *states, double *area) \
  {                                                                                  \
    kernel_area (self, jet_space, stretch, before, states, area);                    \
  }

#define FIRST(count) ((TdmJetSpace){ count, 1, 1 + count })

INSTANCE (any, self->space)
INSTANCE (plain, ((TdmJetSpace){ 0, 0, 1 }))
INSTANCE (first_1, FIRST (1))
INSTANCE (first_2, FIRST (2))
INSTANCE (first_3, FIRST (3))
INSTANCE (first_4, FIRST (4))
INSTANCE (first_5, FIRST (5))
INSTANCE (first_6, FIRST (6))

typedef struct
{
  void (*set_rates) (TdmPkLinear *self, const double *parameters);
  void (*fill) (TdmPkLinear *self, TdmPkPropagator *q);
  void (*force) (TdmPkLinear *self, TdmPkPropagator *q);
  void (*advance) (TdmPkLinear *self, const TdmPkPropagator *q,
                   const TdmPkStretch *stretch, double *states);
  void (*area) (TdmPkLinear *self, const TdmPkStretch *stretch, const double *before,
                const double *states, double *area);
} Kernels;

#define ROW(name)                                                            \
  {                                                                          \
    set_rates_##name, fill_##name, force_##name, advance_##name, area_##name \
  }

static const Kernels any_size = ROW (any);
static const Kernels by_size[] = { ROW (plain),   ROW (first_1), ROW (first_2),
                                   ROW (first_3), ROW (first_4), ROW (first_5),
                                   ROW (first_6) };

void
tdm_pk_linear_choose_kernels (TdmPkLinear *self)
{
  const TdmJetSpace *s = &self->space;
  const gboolean sized = s->order <= 1 && s->n < G_N_ELEMENTS (by_size);
  const Kernels *kernels = sized ? &by_size[s->n] : &any_size;
  self->set_rates = kernels->set_rates;
  self->fill_fast = kernels->fill;
  self->force_fast = kernels->force;
  self->advance = kernels->advance;
  self->area = kernels->area;
}
