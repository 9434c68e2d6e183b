/* Whatever is thrown at the compiler, it answers with a program or with an error that
 * names a place. Fixed seeds; run under ASan and UBSan it also shows that nothing is
 * read or written where it should not be. */
#include <glib.h>
#include <string.h>

#include "base/error.h"
#include "calculator.h"

static void
check_any (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmProgram) program = calc_compile (text, &error);
  if (!program)
    {
      g_assert_error (error, TDM_ERROR, TDM_ERROR_INPUT);
      g_assert_true (g_str_has_prefix (error->message, "test.model:"));
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
      return;
    }
  g_assert_no_error (error);
  double jet[CALC_JET], value;
  calc_eval (program, CALC_N_EFFECTS, 2, calc_point, jet);
  calc_eval (program, 0, 0, calc_point, &value);
  g_assert_true (value == jet[0] || (isnan (value) && isnan (jet[0])));
}

static void
test_bytes (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (20260301);
  for (guint i = 0; i < 20000; i++)
    {
      char text[64];
      guint n = g_rand_int_range (random, 0, sizeof text);
      for (guint j = 0; j < n; j++)
        text[j] = g_rand_int_range (random, 1, 256);
      text[n] = '\0';
      check_any (text);
    }
}

static const char *const pieces[] = {
  "x",      "y",           "z",        "WT",          "sex",    "missing", "1",
  "2.5",    "1e-3",        "0",        "+",           "-",      "*",       "/",
  "^",      "(",           ")",        ",",           "<",      "==",      "!=",
  "?",      ":",           " and ",    " or ",        " not ",  "exp(",    "log(",
  "if(",    "min(",        "max(",     "sqrt(",       "abs(",   "pow(",    "floor(",
  "logit(", "by_sex(sex,", "\"male\"", "bsa_dubois(", "expit(", "log10(",  "\n",
  " "
};

static void
test_pieces (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (4711);
  for (guint i = 0; i < 20000; i++)
    {
      g_autoptr (GString) text = g_string_new (NULL);
      guint n = g_rand_int_range (random, 1, 24);
      for (guint j = 0; j < n; j++)
        g_string_append (text,
                         pieces[g_rand_int_range (random, 0, G_N_ELEMENTS (pieces))]);
      check_any (text->str);
    }
}

static const char *const valid[] = {
  "4.5 * (WT/120)^0.8 * 0.7^p * exp(x)",
  "min(150, cockcroft_gault(AGE, WT, SCR, sex))*exp(y)",
  "if(sex == \"male\" and AGE > 50, x*y, z^2)",
  "CYP3A5 == \"*3/*3\" ? -x/(1 + y/q) : expit(z) - (x - y)^-2",
  "egfr_ckdepi_2021(SCR*exp(z), AGE, sex)/1.73*bsa_mosteller(WT*exp(x), HT)",
};

static void
mutate (GString *text, GRand *random)
{
  guint at = g_rand_int_range (random, 0, text->len);
  switch (g_rand_int_range (random, 0, 4))
    {
    case 0:
      g_string_erase (text, at, 1);
      break;
    case 1:
      text->str[at] = g_rand_int_range (random, 1, 256);
      break;
    case 2:
      g_string_insert (text, at,
                       pieces[g_rand_int_range (random, 0, G_N_ELEMENTS (pieces))]);
      break;
    default:
      g_string_truncate (text, at);
    }
}

static void
test_mutations (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (815);
  for (guint i = 0; i < 20000; i++)
    {
      g_autoptr (GString) text = g_string_new (valid[i % G_N_ELEMENTS (valid)]);
      for (guint n = g_rand_int_range (random, 0, 4); n > 0 && text->len > 0; n--)
        mutate (text, random);
      check_any (text->str);
    }
}

/* ---- Sentences of the grammar: these compile, and mean the same at every order ----
 */

static void write_expression (GString *out, GRand *random, guint depth);

static void
write_leaf (GString *out, GRand *random)
{
  static const char *const leaves[] = {
    "x", "y", "z", "p", "q", "WT", "2.5", "0.3", "3"
  };
  g_string_append (out, leaves[g_rand_int_range (random, 0, G_N_ELEMENTS (leaves))]);
}

static void
write_call (GString *out, GRand *random, guint depth)
{
  static const struct
  {
    const char *name;
    guint n;
  } calls[] = { { "exp", 1 },    { "log", 1 }, { "sqrt", 1 },  { "expit", 1 },
                { "min", 2 },    { "max", 4 }, { "if", 3 },    { "pow", 2 },
                { "by_sex", 3 }, { "abs", 1 }, { "floor", 1 }, { "ideal_weight", 2 } };
  guint i = g_rand_int_range (random, 0, G_N_ELEMENTS (calls));
  g_string_append_printf (out, "%s(", calls[i].name);
  for (guint j = 0; j < calls[i].n; j++)
    {
      if (j > 0)
        g_string_append (out, ", ");
      write_expression (out, random, depth - 1);
    }
  g_string_append_c (out, ')');
}

static void
write_expression (GString *out, GRand *random, guint depth)
{
  static const char *const operators[] = { "+", "-", "*", "/", "^", " and ", " or " };
  guint choice = g_rand_int_range (random, 0, 8);
  if (depth == 0 || choice == 0)
    write_leaf (out, random);
  else if (choice <= 2)
    write_call (out, random, depth);
  else
    {
      g_string_append (out, choice == 3 ? "-(" : "(");
      write_expression (out, random, depth - 1);
      g_string_append (
          out, operators[g_rand_int_range (random, 0, G_N_ELEMENTS (operators))]);
      write_expression (out, random, depth - 1);
      g_string_append_c (out, ')');
    }
}

static void
test_sentences (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (1976);
  for (guint i = 0; i < 5000; i++)
    {
      g_autoptr (GString) text = g_string_new (NULL);
      write_expression (text, random, 5);
      g_autoptr (GError) error = NULL;
      g_autoptr (TdmProgram) program = calc_compile (text->str, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (tdm_program_get_n_outputs (program), ==, 1);
      check_any (text->str);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/lang/fuzz/bytes", test_bytes);
  g_test_add_func ("/lang/fuzz/pieces", test_pieces);
  g_test_add_func ("/lang/fuzz/mutations", test_mutations);
  g_test_add_func ("/lang/fuzz/sentences", test_sentences);
  return g_test_run ();
}
