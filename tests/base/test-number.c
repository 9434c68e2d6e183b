/* Numbers as text: what people type is read exactly or refused, never read as another
 * value; in every locale that this computer has. */
#include "base/number.h"

#include "base/error.h"

#include <locale.h>
#include <math.h>
#include <string.h>

static const char *const locales[] = { "C",          "en_US.utf8", "de_DE.utf8",
                                       "fr_FR.utf8", "de_CH.utf8", "pt_BR.utf8" };

static void
assert_people (const char *text, double expected)
{
  g_autoptr (GError) error = NULL;
  double value = NAN;
  gboolean ok = tdm_number_parse_people (text, &value, &error);
  g_assert_no_error (error);
  g_assert_true (ok);
  g_assert_cmpfloat (value, ==, expected);
}

static void
assert_people_refused (const char *text)
{
  g_autoptr (GError) error = NULL;
  double value = 7.25;
  g_assert_false (tdm_number_parse_people (text, &value, &error));
  g_assert_error (error, TDM_ERROR, TDM_ERROR_INPUT);
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
  g_assert_cmpfloat (value, ==, 7.25);
}

static void
test_people_accepted (void)
{
  assert_people ("0", 0.0);
  assert_people ("79", 79.0);
  assert_people ("18.4", 18.4);
  assert_people ("18,4", 18.4);
  assert_people (" 1,25\t", 1.25);
  assert_people ("\u00a0"
                 "1.25"
                 "\u202f",
                 1.25);
  assert_people ("0.125", 0.125);
  assert_people ("0,125", 0.125);
  assert_people ("1234.567", 1234.567);
  assert_people ("1,2345", 1.2345);
  assert_people ("007", 7.0);
  assert_people ("99999999999.9999", 99999999999.9999);
}

static void
test_people_refused (void)
{
  static const char *const texts[] = {
    "",        " ",          ".",       ",",       "1.234", "1,234", "12.345",
    "123,456", "001,234",    "1.234,5", "1,234.5", "1.2.3", "1 234", "1'234",
    "1’234",   "1\u202f234", "1e3",     "1E3",     "0x10",  "nan",   "inf",
    "-5",      "+5",         "−5",      "5-",      ".5",    ",5",    "5.",
    "5,",      "1.23456",    "12mg",    "twelve",  "١٢",    "１２",  "123456789012",
    "1\xff",   "\xc2",       "½",       "1/2",     "10%",   "5;3",
  };
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    assert_people_refused (texts[i]);
}

/* What the text must mean, by a reading of our own: digits, at most one mark, up to
 * four decimals, not three after one to three digits unless those are "0". -1 =
 * refused. */
static double
oracle (const char *text)
{
  gsize n = strlen (text), mark = n;
  for (gsize i = 0; i < n; i++)
    if (text[i] == '.' || text[i] == ',')
      {
        if (mark != n)
          return -1.0;
        mark = i;
      }
    else if (text[i] < '0' || text[i] > '9')
      return -1.0;
  gsize decimals = mark == n ? 0 : n - mark - 1;
  if (mark == 0 || mark > 11 || decimals > 4 || (mark != n && decimals == 0))
    return -1.0;
  if (decimals == 3 && mark <= 3 && !(mark == 1 && text[0] == '0'))
    return -1.0;
  gint64 digits = 0;
  for (gsize i = 0; i < n; i++)
    if (i != mark)
      digits = digits * 10 + (text[i] - '0');
  return (double)digits / pow (10.0, (double)decimals);
}

static void
check_random_strings (GRand *rand, guint n)
{
  static const char alphabet[] = "0012345678900,..,e-+ '";
  for (guint i = 0; i < n; i++)
    {
      char text[12] = "";
      guint length = g_rand_int_range (rand, 1, 9);
      for (guint k = 0; k < length; k++)
        text[k] = alphabet[g_rand_int_range (rand, 0, k == 0 ? 13 : 22)];
      g_strchomp (text);
      double expected = oracle (text), value = -1.0;
      gboolean accepted = tdm_number_parse_people (text, &value, NULL);
      if (accepted != (expected >= 0.0) || value != expected)
        g_error ("“%s” gave %.17g, expected %.17g", text, value, expected);
    }
}

static void
test_people_property (void)
{
  g_autofree char *before = g_strdup (setlocale (LC_ALL, NULL));
  guint seen = 0;
  for (guint i = 0; i < G_N_ELEMENTS (locales); i++)
    {
      if (setlocale (LC_ALL, locales[i]) == NULL)
        continue;
      g_autoptr (GRand) rand = g_rand_new_with_seed (20260301 + i);
      check_random_strings (rand, 150000);
      seen++;
    }
  setlocale (LC_ALL, before);
  g_assert_cmpuint (seen, >=, 1);
}

static void
test_file_accepted (void)
{
  static const struct
  {
    const char *text;
    double value;
  } rows[] = {
    { "0", 0.0 },           { "-3.25", -3.25 }, { "+7", 7.0 },
    { ".5", 0.5 },          { "5.", 5.0 },      { "1e-3", 1e-3 },
    { "6.02E23", 6.02e23 }, { "1.234", 1.234 }, { "0.1", 0.1 },
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      double value = NAN;
      g_assert_true (tdm_number_parse_file (rows[i].text, &value, NULL));
      g_assert_cmpfloat (value, ==, rows[i].value);
    }
}

static void
test_file_refused (void)
{
  static const char *const texts[] = { "",    " 1",  "1 ",  "1,5",   "1e999", "-1e999",
                                       "nan", "NaN", "inf", "0x1p3", "1e",    "1e+",
                                       "--1", ".",   "e5",  "1.2.3", "12a",   "1_000" };
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;
      double value;
      g_assert_false (tdm_number_parse_file (texts[i], &value, &error));
      g_assert_error (error, TDM_ERROR, TDM_ERROR_INPUT);
    }
}

static void
assert_text (char *text, const char *expected)
{
  g_assert_cmpstr (text, ==, expected);
  g_free (text);
}

static void
test_exact (void)
{
  assert_text (tdm_number_exact (0.1), "0.1");
  assert_text (tdm_number_exact (1500), "1500");
  assert_text (tdm_number_exact (0.1 + 0.2), "0.30000000000000004");
  assert_text (tdm_number_exact (5e-324), "5e-324");
  assert_text (tdm_number_exact (1.0 / 3.0), "0.3333333333333333");

  g_autoptr (GRand) rand = g_rand_new_with_seed (4711);
  for (guint i = 0; i < 20000; i++)
    {
      guint64 bits = ((guint64)g_rand_int (rand) << 32) | g_rand_int (rand);
      double value, back;
      memcpy (&value, &bits, sizeof value);
      if (!isfinite (value))
        continue;
      g_autofree char *text = tdm_number_exact (value);
      g_assert_true (tdm_number_parse_file (text, &back, NULL));
      g_assert_cmpint (memcmp (&value, &back, sizeof value), ==, 0);
    }
}

static void
test_format (void)
{
  assert_text (tdm_number_format (18.437, 3), "18.4");
  assert_text (tdm_number_format (9.996, 3), "10");
  assert_text (tdm_number_format (0.5, 3), "0.5");
  assert_text (tdm_number_format (0.00012345, 3), "0.000123");
  assert_text (tdm_number_format (0.000012345, 3), "1.23e-5");
  assert_text (tdm_number_format (1234.5, 3), "1230");
  assert_text (tdm_number_format (9999999, 7), "9999999");
  assert_text (tdm_number_format (9999999, 3), "1e7");
  assert_text (tdm_number_format (-0.25, 2), "-0.25");
  assert_text (tdm_number_format (-0.0, 2), "0");
  assert_text (tdm_number_format (100, 3), "100");
}

/* Formatting is off by half a unit of the last digit at most. */
static void
test_format_property (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (815);
  for (guint i = 0; i < 20000; i++)
    {
      double value = pow (10.0, g_rand_double_range (rand, -8.0, 10.0));
      int digits = g_rand_int_range (rand, 1, 8);
      g_autofree char *text = tdm_number_format (value, digits);
      double back;
      g_assert_true (tdm_number_parse_file (text, &back, NULL));
      double unit = pow (10.0, floor (log10 (value)) - digits + 1);
      g_assert_cmpfloat (fabs (back - value), <=, 0.5000001 * unit);
      g_assert_true (g_ascii_isdigit (text[0]));
      if (strchr (text, '.') != NULL && strchr (text, 'e') == NULL)
        g_assert_cmpint (text[strlen (text) - 1], !=, '0');
      if (back >= 1e-4 && back < 1e7)
        g_assert_null (strchr (text, 'e'));
    }
}

static void
test_dose (void)
{
  assert_text (tdm_number_dose (1000), "1000");
  assert_text (tdm_number_dose (0.125), "0.125");
  assert_text (tdm_number_dose (2.50), "2.5");
  assert_text (tdm_number_dose (62.49999999), "62.5");
  assert_text (tdm_number_dose (0), "0");
  assert_text (tdm_number_dose (0.00001), "1e-5");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/number/people/accepted", test_people_accepted);
  g_test_add_func ("/base/number/people/refused", test_people_refused);
  g_test_add_func ("/base/number/people/property", test_people_property);
  g_test_add_func ("/base/number/file/accepted", test_file_accepted);
  g_test_add_func ("/base/number/file/refused", test_file_refused);
  g_test_add_func ("/base/number/exact", test_exact);
  g_test_add_func ("/base/number/format", test_format);
  g_test_add_func ("/base/number/format/property", test_format_property);
  g_test_add_func ("/base/number/dose", test_dose);
  return g_test_run ();
}
