/* Residual errors.
 *
 * Where v is the variance at the prediction f, a level y contributes
 * ln v + (y - f)^2 / v, of the logarithms where the error is on that scale. A level
 * below its limit L contributes -2 ln P (Y < L), one above it -2 ln P (Y > L) (M3:
 * Beal, J Pharmacokinet Pharmacodyn 2001;28:481-504). With M4 of that paper
 * measurements are known to be above 0: every probability is divided by P (Y > 0), and
 * a level below the limit is one between 0 and it. */
#include "engine/residual.h"

#include "num/normal.h"

#include <math.h>

/* So many standard deviations off, a probability is 1 in any arithmetic. */
#define CERTAIN 38.0

/* A function of the prediction: value, first and second derivative. They are jets over
 * one variable. */
typedef double Function[3];

gboolean
tdm_residual_is_log (const TdmModelOutput *output)
{
  return output->error == TDM_RESIDUAL_LOG
         || output->error == TDM_RESIDUAL_LOG_ADDITIVE;
}

/* v = s^2 */
static void
square (const Function s, Function v)
{
  v[0] = s[0] * s[0];
  v[1] = 2 * s[0] * s[1];
  v[2] = 2 * (s[1] * s[1] + s[0] * s[2]);
}

/* v = a^2 + (b f^p)^2 */
static void
power_variance (const TdmModelOutput *output, double f, Function v)
{
  double b2 = output->proportional * output->proportional, e = 2 * output->power;
  v[0] = output->additive * output->additive + b2 * pow (f, e);
  v[1] = b2 * e * pow (f, e - 1);
  v[2] = b2 * e * (e - 1) * pow (f, e - 2);
}

/* v = (a + b f^p)^2; without a power p is 1, and f may be 0. */
static void
combined_sd_variance (const TdmModelOutput *output, double f, Function v)
{
  const double a = output->additive, b = output->proportional, p = output->power;
  if (p == 0 || p == 1)
    square ((const Function){ a + b * f, b, 0 }, v);
  else
    square ((const Function){ a + b * pow (f, p), b * p * pow (f, p - 1),
                              b * p * (p - 1) * pow (f, p - 2) },
            v);
}

/* The square of a cubic that must be positive. */
static void
assay_variance (const double c[4], double f, Function v)
{
  const Function s = { c[0] + f * (c[1] + f * (c[2] + f * c[3])),
                       c[1] + f * (2 * c[2] + f * 3 * c[3]), 2 * c[2] + 6 * c[3] * f };
  square (s, v);
  if (!(s[0] > 0))
    v[0] = NAN;
}

static void
find_variance (const TdmModelOutput *output, double f, Function v)
{
  const double a = output->additive, b = output->proportional;
  v[0] = v[1] = v[2] = 0;
  switch (output->error)
    {
    case TDM_RESIDUAL_ADDITIVE:
    case TDM_RESIDUAL_LOG:
      v[0] = a * a;
      return;
    case TDM_RESIDUAL_PROPORTIONAL:
      square ((const Function){ b * f, b, 0 }, v);
      return;
    case TDM_RESIDUAL_COMBINED:
      square ((const Function){ b * f, b, 0 }, v);
      v[0] += a * a;
      return;
    case TDM_RESIDUAL_COMBINED_SD:
      combined_sd_variance (output, f, v);
      return;
    case TDM_RESIDUAL_POWER:
      power_variance (output, f, v);
      return;
    case TDM_RESIDUAL_LOG_ADDITIVE:
      v[0] = b * b + a * a / (f * f);
      v[1] = -2 * a * a / (f * f * f);
      v[2] = 6 * a * a / (f * f * f * f);
      return;
    case TDM_RESIDUAL_ASSAY:
      assay_variance (output->assay, f, v);
      return;
    }
  g_assert_not_reached ();
}

double
tdm_residual_sd (const TdmModelOutput *output, double f)
{
  Function v;
  find_variance (output, f, v);
  return sqrt (v[0]);
}

double
tdm_residual_measure (const TdmModelOutput *output, double f, double epsilon)
{
  double sd = tdm_residual_sd (output, f);
  if (tdm_residual_is_log (output))
    return f > 0 ? f * exp (sd * epsilon) : 0.0;
  return MAX (f + sd * epsilon, 0.0);
}

/* ln v + r^2 / v, with r = y - f or the difference of logarithms. */
static void
normal_term (const Function r, const Function v, TdmLevelTerm *out)
{
  const double q = v[1] / v[0], t = r[0] * r[0] / v[0];
  out->value = log (v[0]) + t;
  out->first = q + 2 * r[0] * r[1] / v[0] - t * q;
  out->second = v[2] / v[0] - q * q + 2 * (r[1] * r[1] + r[0] * r[2]) / v[0]
                - 4 * r[0] * r[1] * q / v[0] - t * v[2] / v[0] + 2 * t * q * q;
  out->expected = 2 * r[1] * r[1] / v[0] + q * q;
}

static void
measured_term (const TdmModelOutput *output, double y, double f, TdmLevelTerm *out)
{
  Function v;
  find_variance (output, f, v);
  if (tdm_residual_is_log (output))
    normal_term ((const Function){ log (y) - log (f), -1 / f, 1 / (f * f) }, v, out);
  else
    normal_term ((const Function){ y - f, -1, 0 }, v, out);
}

/* z = (limit - f) / sd, of logarithms where the error is on that scale. */
static void
standardise (const TdmModelOutput *output, double limit, double f, Function z)
{
  const TdmJetSpace s = tdm_jet_space (1, 2);
  Function x, sd;
  tdm_jet_variable (&s, x, f, 0);
  find_variance (output, f, sd);
  /* A jet keeps the second derivative itself. */
  tdm_jet_sqrt (&s, sd, sd);
  if (tdm_residual_is_log (output))
    {
      tdm_jet_log (&s, x, x);
      limit = log (limit);
    }
  tdm_jet_scale (&s, z, x, -1.0);
  z[0] += limit;
  tdm_jet_div (&s, z, z, sd);
}

/* out += factor times the logarithm l. */
static void
add_logarithm (const Function l, double factor, TdmLevelTerm *out)
{
  out->value += factor * l[0];
  out->first += factor * l[1];
  out->second += factor * l[2];
}

/* ln P (0 < Y < limit) = ln (Phi (z) - Phi (z0)) = ln Phi (z) + ln (1 - exp (d)) with
 * d = ln Phi (z0) - ln Phi (z) < 0. */
static void
log_between (const Function z, const Function z0, Function out)
{
  const TdmJetSpace s = tdm_jet_space (1, 2);
  Function low, d;
  tdm_jet_log_normal_cdf (&s, out, z);
  tdm_jet_log_normal_cdf (&s, low, z0);
  tdm_jet_sub (&s, d, low, out);
  const double e = expm1 (-d[0]); /* exp (-d) - 1 */
  tdm_jet_chain (&s, d, d, log (-expm1 (d[0])), -1 / e, -(1 + 1 / e) / e);
  tdm_jet_add (&s, out, out, d);
}

static void
censored_term (const TdmModelOutput *output, const TdmProblemLevel *level, double f,
               TdmLevelTerm *out)
{
  const TdmJetSpace s = tdm_jet_space (1, 2);
  Function z, z0, l;
  standardise (output, level->value, f, z);
  if (level->censor == TDM_CENSOR_BELOW && output->positive)
    {
      standardise (output, 0.0, f, z0);
      log_between (z, z0, l);
    }
  else
    {
      if (level->censor == TDM_CENSOR_ABOVE)
        tdm_jet_scale (&s, z, z, -1.0);
      /* Nothing depends on what is certain; the derivatives of z may be beyond any
       * number, where nothing is left of the drug and the error is a part of it. */
      if (z[0] > CERTAIN)
        return;
      tdm_jet_log_normal_cdf (&s, l, z);
    }
  add_logarithm (l, -2.0, out);
}

/* M4: P (Y > 0) = Phi (f / sd) divides every probability. */
static void
divide_by_positive (const TdmModelOutput *output, double f, TdmLevelTerm *out)
{
  const TdmJetSpace s = tdm_jet_space (1, 2);
  Function z, l;
  standardise (output, 0.0, f, z);
  tdm_jet_scale (&s, z, z, -1.0);
  tdm_jet_log_normal_cdf (&s, l, z);
  add_logarithm (l, 2.0, out);
}

gboolean
tdm_level_term (const TdmModelOutput *output, const TdmProblemLevel *level, double f,
                TdmLevelTerm *out)
{
  const gboolean censored = level->censor != TDM_CENSOR_NONE;
  *out = (TdmLevelTerm){ 0 };
  if (censored)
    censored_term (output, level, f, out);
  else
    measured_term (output, level->value, f, out);
  if (output->positive)
    divide_by_positive (output, f, out);
  /* The observed information serves where the expected one has no closed form. */
  if (censored || output->positive)
    out->expected = MAX (out->second, 0.0);
  return isfinite (out->value) && isfinite (out->first) && isfinite (out->second);
}
