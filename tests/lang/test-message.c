/* Every error, with its line and column. The text stands at test.model:3:7. */
#include <glib.h>
#include <string.h>

#include "base/error.h"
#include "lang/function.h"
#include "calculator.h"

typedef struct
{
  const char *text;
  const char *place; /* LINE:COLUMN */
  const char *part;  /* of the message */
} Case;

static void
check_message (const Case *c)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmProgram) program = calc_compile (c->text, &error);
  if (program)
    g_error ("accepted: %s", c->text);
  g_assert_error (error, TDM_ERROR, TDM_ERROR_INPUT);
  g_autofree char *place = g_strdup_printf ("test.model:%s: ", c->place);
  if (!g_str_has_prefix (error->message, place) || !strstr (error->message, c->part))
    g_error ("%s gave \"%s\", expected \"%s…%s\"", c->text, error->message, place,
             c->part);
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
}

static void
test_spelling (void)
{
  static const Case cases[] = {
    { "2 ** 3", "3:9", "unexpected '**'; a power is written ^" },
    { "p = q", "3:9", "unexpected '='; equality is written ==" },
    { "p && q", "3:9", "'and' is the word and" },
    { "p || q", "3:9", "'or' is the word or" },
    { "!p", "3:7", "'not' is the word not" },
    { "p $ q", "3:9", "unexpected '$'; expected a number, a name" },
    { "2 × p", "3:9", "unexpected '×'; multiplication is written *" },
    { "2 · p", "3:9", "multiplication is written *" },
    { "q − p", "3:9", "unexpected '−'; minus is written -" },
    { "p + ö", "3:11", "unexpected 'ö'" },
    { "(p) \xff", "3:11", "unexpected '\\xff'" },
    { "1e999", "3:7", "the number 1e999 is too large or too small" },
    { "1 + 1e-999", "3:11", "the number 1e-999 is too large or too small" },
    { "sex == \"male", "3:14", "the text has no end; expected a closing quote \"" },
    { "sex == 'male\"", "3:14", "the text has no end; expected a closing quote '" },
    { "sex == \"\xff\"", "3:14", "the text is not UTF-8" },
    { "CYP3A5 == \"×\" + 1 $", "3:25", "unexpected '$'" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    check_message (&cases[i]);
}

static void
test_grammar (void)
{
  static const Case cases[] = {
    { "", "3:7", "unexpected the end; expected a number, a name or '('" },
    { "  ", "3:9", "unexpected the end" },
    { "p +", "3:10", "unexpected the end; expected a number" },
    { "p + * q", "3:11", "unexpected '*'; expected a number" },
    { "p\n +\n  * q", "5:3", "unexpected '*'" },
    { "2 WT", "3:9", "unexpected 'WT'; expected an operator or the end" },
    { "2WT", "3:8", "unexpected 'WT'; expected an operator or the end" },
    { "1.2.3", "3:10", "unexpected '.3'; expected an operator" },
    { "0x10", "3:8", "unexpected 'x10'" },
    { "0,8", "3:8", "unexpected ','; expected an operator or the end (the decimal" },
    { "(p + q", "3:13", "unexpected the end; expected an operator or ')'" },
    { "(p, q)", "3:9", "unexpected ','; expected an operator or ')'" },
    { "p)", "3:8", "unexpected ')'; expected an operator or the end" },
    { "()", "3:8", "unexpected ')'; expected a number, a name or '('" },
    { "exp()", "3:11", "unexpected ')'; expected a number" },
    { "min(p q)", "3:13", "unexpected 'q'; expected an operator, ',' or ')'" },
    { "min(p,", "3:13", "unexpected the end" },
    { "min(1,2,3,4,5,6,7,8,9)", "3:27", "expected at most 8 arguments" },
    { "p ? q", "3:12", "unexpected the end; expected an operator or ':'" },
    { "p ? q :", "3:14", "unexpected the end" },
    { "p < q < 3", "3:13", "comparisons cannot be chained; expected a < b and b < c" },
    { "and p", "3:7", "unexpected 'and'; expected a number" },
    { "p and", "3:12", "unexpected the end" },
    { "2^", "3:9", "unexpected the end" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    check_message (&cases[i]);
}

static void
test_names (void)
{
  static const Case cases[] = {
    { "2 + SCRR", "3:11", "unknown name 'SCRR'; did you mean SCR?" },
    { "wt", "3:7", "unknown name 'wt'; did you mean WT?" },
    { "AEG", "3:7", "did you mean AGE?" },
    { "albumin", "3:7",
      "unknown name 'albumin'; expected one of AGE, WT, HT, SCR, sex, xes, CYP3A5, p, "
      "q, "
      "missing, x, y, …" },
    { "p * Y", "3:11", "'Y' is used before it is defined in test.model:3" },
    { "1 + exp", "3:11", "'exp' is a function; expected exp(x)" },
    { "p(q)", "3:7", "'p' is not a function; expected an operator before '('" },
    { "expp(q)", "3:7", "unknown function 'expp'; did you mean exp?" },
    { "1 + cockroft_gault(AGE, WT, SCR, sex)", "3:11",
      "unknown function 'cockroft_gault'; did you mean cockcroft_gault?" },
    { "gamma(q)", "3:7", "unknown function 'gamma'; expected one of exp, log" },
    { "exp(p, q)", "3:7", "exp has 2 arguments; expected exp(x)" },
    { "2*pow(p)", "3:9", "pow has 1 argument; expected pow(x, exponent)" },
    { "min(p)", "3:7", "min has 1 argument; expected min(x, y, …)" },
    { "if(p, q)", "3:7", "if has 2 arguments; expected if(condition, then, else)" },
    { "cockcroft_gault(AGE, WT, SCR)", "3:7",
      "cockcroft_gault has 3 arguments; expected cockcroft_gault(age_y, weight_kg, "
      "scr_mg_dl, sex)" },
    { "egfr_schwartz(HT, age_y)", "3:25", "unknown name 'age_y'" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    check_message (&cases[i]);
}

static void
test_texts (void)
{
  static const Case cases[] = {
    { "sex == \"man\"", "3:14",
      "sex has no category \"man\"; expected one of \"male\", \"female\"" },
    { "sex == \"a text that ends inside its 40th characé\"", "3:14",
      "sex has no category" },
    { "\"Male\" == sex", "3:7", "sex has no category \"Male\"" },
    { "CYP3A5 != \"*1\"", "3:17",
      "CYP3A5 has no category \"*1\"; expected one of \"*1/*1\", \"*1/*3\", "
      "\"*3/*3\"" },
    { "AGE == \"old\"", "3:14",
      "unexpected text \"old\"; expected it only right of ==" },
    { "sex + \"male\"", "3:13", "unexpected text \"male\"" },
    { "sex < \"male\"", "3:13", "unexpected text \"male\"" },
    { "\"male\"", "3:7", "unexpected text \"male\"" },
    { "\"male\" == \"male\"", "3:7", "unexpected text \"male\"" },
    { "exp(\"male\")", "3:11", "unexpected text \"male\"" },
    { "cockcroft_gault(AGE, WT, SCR, \"male\")", "3:37", "unexpected text \"male\"" },
    { "cockcroft_gault(AGE, WT, SCR, xes)", "3:37",
      "xes has the categories \"female\", \"male\"; expected \"male\", \"female\"" },
    { "ideal_weight(HT, CYP3A5)", "3:24", "CYP3A5 has the categories" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    check_message (&cases[i]);
}

/* `head` × n, `middle`, `tail` × n. Yours. */
static char *
repeat (const char *head, const char *middle, const char *tail, guint n)
{
  GString *text = g_string_new (NULL);
  for (guint i = 0; i < n; i++)
    g_string_append (text, head);
  g_string_append (text, middle);
  for (guint i = 0; i < n; i++)
    g_string_append (text, tail);
  return g_string_free (text, FALSE);
}

static void
test_caps (void)
{
  static const struct
  {
    const char *head, *middle, *tail;
    guint n;
    const char *place, *part;
  } cases[] = {
    { "(", "1", ")", 65, "3:72", "nested too deep; expected at most 64 levels" },
    { "(", "1", ")", 30000, "3:72", "nested too deep" },
    { "-", "1", "", 30000, "3:72", "nested too deep" },
    { "+", "1", "", 30000, "3:72", "nested too deep" },
    { "not ", "1", "", 9000, "3:267", "nested too deep" },
    { "", "1", "^1", 30000, "3:137", "nested too deep" },
    { "1?", "1", ":1", 9000, "3:137", "nested too deep" },
    { "exp(", "1", ")", 9000, "3:267", "nested too deep" },
    { "", "1", "+1", 5000, "3:10006", "too long; expected at most 10000 numbers" },
    { "", "1", " ", 65536, "3:7", "too long; expected at most 64 KiB of text" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text =
          repeat (cases[i].head, cases[i].middle, cases[i].tail, cases[i].n);
      check_message (&(Case){ text, cases[i].place, cases[i].part });
    }
  g_autofree char *longest = repeat ("", "1", "+1", 4999);
  g_assert_cmpfloat (calc (longest), ==, 5000.0);
}

/* The cap on nodes counts a builder's assignments together. */
static void
test_cap_together (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmProgramBuilder) builder = calc_builder ();
  g_autofree char *half = repeat ("", "1", "+1", 3000);
  TdmPlace first = { "m", 1, 1 }, second = { "m", 2, 1 };
  g_assert_true (
      tdm_program_builder_add_assignment (builder, "A", half, &first, &error));
  g_assert_false (
      tdm_program_builder_add_assignment (builder, "B", half, &second, &error));
  g_assert_nonnull (strstr (error->message, "m:2:"));
  g_assert_nonnull (strstr (error->message, "too long"));
}

static void
check_refused_name (const char *name, const char *part)
{
  g_autoptr (TdmProgramBuilder) builder = calc_builder ();
  g_autoptr (GError) error = NULL;
  g_assert_true (
      tdm_program_builder_add_assignment (builder, "CL", "3", &calc_place, NULL));
  TdmPlace place = { "test.model", 9, 1 };
  g_assert_false (
      tdm_program_builder_add_assignment (builder, name, "1", &place, &error));
  g_assert_error (error, TDM_ERROR, TDM_ERROR_INPUT);
  g_assert_true (g_str_has_prefix (error->message, "test.model:9:1: "));
  if (!strstr (error->message, part))
    g_error ("%s gave \"%s\", expected \"%s\"", name, error->message, part);
  g_clear_error (&error);
  TdmVariable variable = { TDM_VARIABLE_STATE, name, NULL };
  g_assert_false (
      tdm_program_builder_add_variable (builder, &variable, &place, &error));
  g_assert_nonnull (strstr (error->message, part));
}

static void
test_defined_names (void)
{
  check_refused_name ("CL",
                      "'CL' is defined twice, first in test.model:3; expected one");
  check_refused_name ("WT", "'WT' is a variable; expected another name");
  check_refused_name ("x", "'x' is a variable");
  check_refused_name ("exp", "'exp' is a word of the language");
  check_refused_name ("and", "'and' is a word of the language");
  check_refused_name ("2x", "'2x' is not a name; expected a letter");
  check_refused_name ("", "'' is not a name");
  check_refused_name ("a b", "'a b' is not a name");
  check_refused_name ("k\xff", "is not a name");
  g_autofree char *longer = g_strnfill (65, 'k');
  check_refused_name (longer, "is not a name");
}

static void
test_used_before_defined (void)
{
  g_autoptr (TdmProgramBuilder) builder = calc_builder ();
  g_autoptr (GError) error = NULL;
  TdmPlace first = { "test.model", 4, 7 }, second = { "test.model", 8, 5 };
  g_assert_true (
      tdm_program_builder_add_assignment (builder, "dA", "-p*C", &first, &error));
  g_assert_true (
      tdm_program_builder_add_assignment (builder, "C", "x/q", &second, &error));
  const char *outputs[] = { "dA", NULL };
  g_assert_null (tdm_program_builder_finish (builder, outputs, &error));
  g_assert_cmpstr (error->message, ==,
                   "test.model:4:10: 'C' is used before it is defined in test.model:8; "
                   "expected the definition first");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/lang/message/spelling", test_spelling);
  g_test_add_func ("/lang/message/grammar", test_grammar);
  g_test_add_func ("/lang/message/names", test_names);
  g_test_add_func ("/lang/message/texts", test_texts);
  g_test_add_func ("/lang/message/caps", test_caps);
  g_test_add_func ("/lang/message/cap-together", test_cap_together);
  g_test_add_func ("/lang/message/defined-names", test_defined_names);
  g_test_add_func ("/lang/message/used-before-defined", test_used_before_defined);
  return g_test_run ();
}
