/* Small dense linear algebra (LAPACK). Matrices are n x n, row by row; only what is
 * said to be read is read, results are full matrices unless said otherwise. */
#pragma once

#include <glib.h>

/* Puts the numerical libraries into a known state: GSL reports instead of aborting,
 * BLAS uses one thread. Every main calls it first; cheap to call again. */
void tdm_num_init (void);

/* l = lower Cholesky factor of the symmetric a (zeros above). FALSE when a is not
 * positive definite. l may be a. */
gboolean tdm_cholesky (guint n, const double *a, double *l) G_GNUC_WARN_UNUSED_RESULT;

/* Solves l l' x = b; x may be b. */
void tdm_cholesky_solve (guint n, const double *l, const double *b, double *x);

/* inverse = (l l')^-1. Must not overlap. */
void tdm_cholesky_inverse (guint n, const double *l, double *inverse);

/* x = l b, and x = l' b for a lower l; x must not be b. */
void tdm_lower_times (guint n, const double *l, const double *b, double *x);
void tdm_lower_transposed_times (guint n, const double *l, const double *b, double *x);

/* Solves l x = b, and l' x = b; x may be b. */
void tdm_lower_solve (guint n, const double *l, const double *b, double *x);
void tdm_lower_transposed_solve (guint n, const double *l, const double *b, double *x);

/* Solves a x = b in place for `columns` right-hand sides; b is n x columns, row by row.
 * FALSE when a is singular. */
gboolean tdm_general_solve (guint n, const double *a, guint columns,
                            double *b) G_GNUC_WARN_UNUSED_RESULT;

/* a = its LU factors by Gaussian elimination with row exchanges, in place, `pivots` (n)
 * the exchanges. For the many small matrices of a solver: LAPACK's own cost is more
 * than the elimination there. FALSE when a is singular or not finite. */
gboolean tdm_lu_factor (guint n, double *a, guint *pivots) G_GNUC_WARN_UNUSED_RESULT;

/* Solves a x = b in place for `columns` right-hand sides; b is n x columns, row by row;
 * a and pivots from tdm_lu_factor(). */
void tdm_lu_solve (guint n, const double *a, const guint *pivots, guint columns,
                   double *b);

/* Eigenvalues (ascending) and, unless NULL, eigenvectors (columns of v) of the
 * symmetric a. */
gboolean tdm_symmetric_eigen (guint n, const double *a, double *values,
                              double *v) G_GNUC_WARN_UNUSED_RESULT;
