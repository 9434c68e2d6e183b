/* Random numbers that can be repeated: same seed, same sequence, on every machine. */
#pragma once

#include <glib.h>

typedef struct _TdmRandom TdmRandom;

TdmRandom *tdm_random_new (guint64 seed) G_GNUC_WARN_UNUSED_RESULT;
void tdm_random_free (TdmRandom *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TdmRandom, tdm_random_free)

/* Uniform in (0, 1), and standard normal. */
double tdm_random_uniform (TdmRandom *self);
double tdm_random_normal (TdmRandom *self);

/* n_points x n uniform numbers in (0, 1), row by row, that fill the cube evenly: Sobol
 * points, all shifted by the same random vector (wrapping round). Columns beyond 40 are
 * plain random numbers. */
void tdm_sobol_shifted (guint n, guint n_points, TdmRandom *random, double *out);

/* Fills `out` (n_points x n, row by row) with scrambled-free Sobol points mapped to the
 * standard normal: the starting points of multi-start searches. n <= 40. */
void tdm_sobol_normal (guint n, guint n_points, double *out);
