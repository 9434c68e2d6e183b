/* NONMEM-style data: what rows mean, and what is refused with line and column. */
#include "record/nonmem-data.h"

#include <math.h>
#include <string.h>

static const char *const sexes[] = { "male", "female", NULL };

static const TdmDataRoute routes[] = {
  { .name = "oral", .cmt = 1 },
  { .name = "iv", .cmt = 2, .infusion = TRUE, .absorption = TRUE, .dependent = TRUE },
  { .name = "timed", .cmt = 2, .rate = -2 },
};
static const TdmDataOutput outputs[] = { { "C", "ug/L", 2 }, { "M", "mg/L", 3 } };
static const TdmDataCovariate covariates[] = { { "WT", "kg", NULL, TRUE },
                                               { "sex", NULL, sexes, FALSE },
                                               { "HT", "cm", NULL, FALSE } };
static const TdmDataMap map = {
  .model = "drug-author-2020",
  .routes = routes,
  .n_routes = G_N_ELEMENTS (routes),
  .outputs = outputs,
  .n_outputs = G_N_ELEMENTS (outputs),
  .covariates = covariates,
  .n_covariates = G_N_ELEMENTS (covariates),
};

static TdmCase *
case_of (const char *text, guint subject)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmNonmemData) data =
      tdm_nonmem_data_parse (text, strlen (text), "d.csv", &error);
  g_assert_no_error (error);
  TdmCase *record = tdm_nonmem_data_case (data, subject, &map, &error);
  g_assert_no_error (error);
  return record;
}

/* Columns in any order and case, struck rows, missing fields, several subjects. */
static void
test_table (void)
{
  const char *text = "C,id,TIME,amt,Cmt,DV,NOTE\r\n"
                     ".,7,0,100,1,.,x\n"
                     "\n"
                     "#,7,1,0,2,9,x\n"
                     "C,7,2,0,2,9,x\n"
                     ",7, 2:30 ,.,2,4.25,x\n"
                     ".,8,0,50,1,,x\n";
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmNonmemData) data =
      tdm_nonmem_data_parse (text, strlen (text), "d.csv", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (tdm_nonmem_data_get_n_subjects (data), ==, 2);
  g_assert_cmpstr (tdm_nonmem_data_get_id (data, 1), ==, "8");
  g_auto (GStrv) unused = tdm_nonmem_data_dup_unused (data, &map);
  g_assert_cmpuint (g_strv_length (unused), ==, 1);
  g_assert_cmpstr (unused[0], ==, "NOTE");
  g_autoptr (TdmCase) record = tdm_nonmem_data_case (data, 0, &map, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (tdm_case_get_n_doses (record), ==, 1);
  g_assert_cmpuint (tdm_case_get_n_levels (record), ==, 1);
  const TdmLevelEntry *level = tdm_case_get_level (record, 0);
  g_assert_cmpfloat (level->time.hours, ==, 2.5);
  g_assert_cmpfloat (level->value, ==, 4.25);
  g_assert_cmpstr (level->unit, ==, "ug/L");
  g_assert_cmpstr (tdm_case_get_patient (record)->id, ==, "7");
}

/* One row each: what dose it makes. */
static void
test_doses (void)
{
  const char *head = "ID,TIME,EVID,AMT,CMT,RATE,II,ADDL,SS,DV\n";
  const struct
  {
    const char *row, *route;
    double duration_h, interval_h;
    guint count;
    gboolean steady, added, stopped, at_rate, reset;
  } rows[] = {
    { "1,3,1,90,1,0,0,0,0,.", "oral", 0, 0, 1, 0, 0, 0, 0, 0 },
    { "1,3,1,90,1,0,12,3,0,.", "oral", 0, 12, 4, 0, 0, 0, 0, 0 },
    { "1,3,1,90,2,60,12,0,1,.", "iv", 1.5, 12, 1, 1, 0, 0, 1, 0 },
    { "1,3,1,90,2,-2,0,0,0,.", "timed", 0, 0, 1, 0, 0, 0, 0, 0 },
    { "1,3,1,90,1,0,12,1,2,.", "oral", 0, 12, 2, 1, 1, 0, 0, 0 },
    { "1,3,4,90,1,0,0,0,0,.", "oral", 0, 0, 1, 0, 0, 0, 0, 1 },
    { "1,3,4,90,1,0,8,0,1,.", "oral", 0, 8, 1, 1, 0, 0, 0, 0 },
    { "1,3,4,90,1,0,8,0,2,.", "oral", 0, 8, 1, 1, 0, 0, 0, 0 },
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = g_strconcat (head, rows[i].row, "\n", NULL);
      g_autoptr (TdmCase) record = case_of (text, 0);
      const TdmDoseEntry *dose = tdm_case_get_dose (record, 0);
      g_assert_cmpstr (dose->route, ==, rows[i].route);
      g_assert_cmpfloat (dose->amount, ==, 90.0);
      g_assert_cmpfloat (dose->duration_h, ==, rows[i].duration_h);
      g_assert_cmpfloat (dose->interval_h, ==, rows[i].interval_h);
      g_assert_cmpuint (dose->count, ==, rows[i].count);
      g_assert_cmpint (dose->steady_state, ==, rows[i].steady);
      g_assert_cmpint (dose->added, ==, rows[i].added);
      g_assert_cmpint (dose->stopped, ==, rows[i].stopped);
      g_assert_cmpint (dose->at_rate, ==, rows[i].at_rate);
      g_assert_cmpint (dose->reset, ==, rows[i].reset);
    }
}

/* A reset or a steady state ends the additional doses of rows before, and file order
 * says whether a level was drawn before a dose of the same time. */
static void
test_order (void)
{
  g_autoptr (TdmCase) record = case_of ("ID,TIME,EVID,AMT,CMT,II,ADDL,SS,DV\n"
                                        "1,0,0,0,2,0,0,0,1\n"
                                        "1,0,1,50,1,12,9,0,.\n"
                                        "1,0,0,0,2,0,0,0,2\n"
                                        "1,36,3,0,1,0,0,0,.\n"
                                        "1,40,1,60,1,12,9,0,.\n"
                                        "1,70,1,70,1,12,0,1,.\n",
                                        0);
  g_assert_cmpuint (tdm_case_get_n_doses (record), ==, 4);
  g_assert_cmpuint (tdm_case_get_dose (record, 0)->count, ==, 3);
  g_assert_true (tdm_case_get_dose (record, 1)->reset);
  g_assert_cmpfloat (tdm_case_get_dose (record, 1)->amount, ==, 0.0);
  g_assert_cmpuint (tdm_case_get_dose (record, 2)->count, ==, 3);
  g_assert_false (tdm_case_get_level (record, 0)->after_dose);
  g_assert_true (tdm_case_get_level (record, 1)->after_dose);
}

static void
test_levels (void)
{
  g_autoptr (TdmCase) record = case_of ("ID,TIME,AMT,CMT,DV,MDV,CENS,LLOQ\n"
                                        "1,0,50,1,.,1,.,.\n"
                                        "1,1,.,2,5.5,0,0,0.5\n"
                                        "1,2,.,2,0.5,0,1,0.25\n"
                                        "1,3,.,3,80,0,-1,.\n"
                                        "1,4,.,2,9,1,0,.\n",
                                        0);
  g_assert_cmpuint (tdm_case_get_n_levels (record), ==, 3);
  g_assert_cmpint (tdm_case_get_level (record, 1)->censor, ==, TDM_CENSOR_BELOW);
  g_assert_cmpfloat (tdm_case_get_level (record, 1)->value, ==, 0.25);
  g_assert_cmpint (tdm_case_get_level (record, 2)->censor, ==, TDM_CENSOR_ABOVE);
  g_assert_cmpstr (tdm_case_get_level (record, 2)->output, ==, "M");
}

/* Simulated measurements may be negative; a limit may not. */
static void
test_negative_levels (void)
{
  static const char head[] = "ID,TIME,AMT,CMT,DV,CENS\n1,0,50,1,.,0\n";
  g_autofree char *text = g_strconcat (head, "1,1,.,2,-0.75,0\n", NULL);
  g_autofree char *censored = g_strconcat (head, "1,1,.,2,-0.75,1\n", NULL);
  g_autoptr (TdmCase) record = case_of (text, 0);
  g_autoptr (GError) error = NULL;
  g_assert_cmpfloat (tdm_case_get_level (record, 0)->value, ==, -0.75);
  g_assert_true (tdm_case_get_level (record, 0)->of_data);
  g_autoptr (TdmNonmemData) data =
      tdm_nonmem_data_parse (censored, strlen (censored), "d.csv", &error);
  g_assert_no_error (error);
  g_assert_null (tdm_nonmem_data_case (data, 0, &map, &error));
  g_assert_cmpstr (error->message, ==, "d.csv:3: DV: a limit must be above 0");
}

/* A model whose covariate SEX is a number takes the data's coding. */
static void
test_numeric_sex (void)
{
  static const TdmDataCovariate number = { "SEX", NULL, NULL, FALSE };
  static const char text[] = "ID,TIME,AMT,CMT,DV,SEX\n1,0,50,1,.,2\n";
  TdmDataMap own = map;
  own.covariates = &number;
  own.n_covariates = 1;
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmNonmemData) data =
      tdm_nonmem_data_parse (text, strlen (text), "d.csv", &error);
  g_assert_no_error (error);
  g_autoptr (TdmCase) record = tdm_nonmem_data_case (data, 0, &own, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (tdm_case_get_covariate (record, 0)->value, ==, 2.0);
}

/* The ends of each run of equal values are kept. */
static void
test_covariates (void)
{
  g_autoptr (TdmCase) record = case_of ("ID,TIME,AMT,CMT,DV,WT,SEX\n"
                                        "1,0,50,1,.,70,female\n"
                                        "1,0,0,2,3,71,female\n"
                                        "1,1,0,2,3,71,female\n"
                                        "1,2,0,2,3,71,female\n"
                                        "1,3,0,2,3,.,female\n"
                                        "1,4,0,2,3,72,female\n",
                                        0);
  const double expected[][2] = { { 0, 70 }, { 1, 71 }, { 2, 71 }, { 4, 72 } };
  g_assert_cmpuint (tdm_case_get_n_covariates (record), ==, 6);
  for (guint i = 0; i < 4; i++)
    {
      const TdmCovariateEntry *entry = tdm_case_get_covariate (record, i);
      g_assert_cmpstr (entry->name, ==, "WT");
      g_assert_cmpfloat (entry->time.hours, ==, expected[i][0]);
      g_assert_cmpfloat (entry->value, ==, expected[i][1]);
    }
  g_assert_cmpstr (tdm_case_get_covariate (record, 4)->text, ==, "female");
}

/* Rows of one time that differ: carried backward the first counts, forward the last. */
static void
test_same_time (void)
{
  g_autoptr (TdmCase) record = case_of ("ID,TIME,AMT,CMT,DV,WT,HT\n"
                                        "1,0,50,1,.,70,160\n"
                                        "1,5,0,2,3,70,160\n"
                                        "1,5,50,1,.,71,161\n"
                                        "1,6,0,2,3,72,162\n",
                                        0);
  const double expected[][2] = { { 0, 70 },  { 5, 70 },  { 6, 72 },
                                 { 0, 160 }, { 5, 161 }, { 6, 162 } };
  g_assert_cmpuint (tdm_case_get_n_covariates (record), ==, 6);
  for (guint i = 0; i < 6; i++)
    {
      const TdmCovariateEntry *entry = tdm_case_get_covariate (record, i);
      g_assert_cmpfloat (entry->time.hours, ==, expected[i][0]);
      g_assert_cmpfloat (entry->value, ==, expected[i][1]);
    }
}

/* A dose whose absorption may depend on a covariate that is its own alone comes a
 * moment later, and so does the level after it. */
static void
test_own_covariates (void)
{
  g_autoptr (TdmCase) record = case_of ("ID,TIME,AMT,CMT,RATE,DV,WT\n"
                                        "1,0,50,1,0,.,70\n"
                                        "1,5,0,2,0,3,71\n"
                                        "1,5,50,2,25,.,72\n"
                                        "1,5,0,2,0,4,72\n"
                                        "1,8,0,2,0,5,73\n",
                                        0);
  const double expected[][2] = { { 0, 70 }, { 5, 71 }, { 5 + 1e-7, 72 }, { 8, 73 } };
  g_assert_cmpuint (tdm_case_get_n_covariates (record), ==, 4);
  for (guint i = 0; i < 4; i++)
    {
      const TdmCovariateEntry *entry = tdm_case_get_covariate (record, i);
      g_assert_cmpfloat (entry->time.hours, ==, expected[i][0]);
      g_assert_cmpfloat (entry->value, ==, expected[i][1]);
    }
  g_assert_cmpfloat (tdm_case_get_dose (record, 1)->time.hours, ==, 5 + 1e-7);
  g_assert_cmpfloat (tdm_case_get_level (record, 0)->time.hours, ==, 5);
  g_assert_cmpfloat (tdm_case_get_level (record, 1)->time.hours, ==, 5 + 1e-7);
  g_assert_true (tdm_case_get_level (record, 1)->after_dose);
}

static void
test_refusals (void)
{
  static const char head[] = "ID,TIME,EVID,AMT,CMT,RATE,II,ADDL,SS,DV,WT,SEX\n"
                             "1,0,1,50,1,0,0,0,0,.,70,male\n";
  static const struct
  {
    const char *rows, *message;
  } faults[] = {
    { "1,1,1,50,1,0,0,0,0,.,70", "d.csv:3: expected 12 fields, not 11" },
    { "1,1,1,5,5,1,0,0,0,0,.,70,male", "13; decimals are written with a point" },
    { "1,x,0,0,2,0,0,0,0,3,70,male", "d.csv:3: TIME: “x”: expected a number of hours" },
    { "1,2,0,0,2,0,0,0,0,3,70,male\n1,1,0,0,2,0,0,0,0,3,70,male",
      "d.csv:4: TIME: is before that of the row above" },
    { "2,0,0,0,2,0,0,0,0,3,70,male\n1,3,0,0,2,0,0,0,0,3,70,male",
      "d.csv:4: ID: the rows of this subject do not stand together" },
    { "1,1,5,0,1,0,0,0,0,.,70,male",
      "d.csv:3: EVID: expected a whole number from 0 to 4" },
    { "1,1,1,0,1,0,0,0,0,.,70,male", "d.csv:3: AMT: a dose needs an amount above 0" },
    { "1,1,0,9,1,0,0,0,0,3,70,male", "d.csv:3: AMT: only a row with EVID 1 or 4" },
    { "1,1,0,0,2,9,0,0,0,3,70,male", "d.csv:3: RATE: only a row with EVID 1 or 4" },
    { "1,1,2,0,2,0,9,0,0,.,70,male", "d.csv:3: II: only a row with EVID 1 or 4" },
    { "1,1,3,0,2,0,0,9,0,.,70,male", "d.csv:3: ADDL: only a row with EVID 1 or 4" },
    { "1,1,0,0,2,0,0,0,1,3,70,male", "d.csv:3: SS: only a row with EVID 1 or 4" },
    { "1,1,1,9,1,0,0.05,3,0,.,70,male", "d.csv:3: II: must be at least 0.1 hours" },
    { "1,1,1,9,1,0,12,100000,0,.,70,male", "d.csv:3: ADDL: expected a whole number" },
    { "1,1,1,9,1,0,0,3,0,.,70,male", "d.csv:3: II: ADDL and SS need the interval" },
    { "1,1,1,9,1,-1,0,0,0,.,70,male",
      "d.csv:3: RATE: -1 needs a route of drug-author-2020 with a “rate” parameter" },
    { "1,1,1,9,1,-2,0,0,0,.,70,male",
      "d.csv:3: RATE: -2 needs a route of drug-author-2020 with a “duration”" },
    { "1,1,1,9,1,-3,0,0,0,.,70,male", "d.csv:3: RATE: expected 0 or more, -1 or -2" },
    { "1,1,1,9,1,4,0,0,0,.,70,male", "d.csv:3: RATE: a dose by the route “oral”" },
    { "1,1,1,9,4,0,0,0,0,.,70,male", "d.csv:3: CMT: 4: no route" },
    { "1,1,0,0,1,0,0,0,0,3,70,male", "d.csv:3: CMT: 1: no output" },
    { "1,1,0,0,.,0,0,0,0,3,70,male", "d.csv:3: CMT: 0: several outputs" },
    { "1,1,1,0,2,9,0,0,1,.,70,male", "d.csv:3: AMT: a constant infusion" },
    { "1,1,0,0,2,0,0,0,0,3,heavy,male", "d.csv:3: WT: “heavy”: expected a number" },
    { "1,1,0,0,2,0,0,0,0,3,70,1", "d.csv:3: SEX: write male or female" },
    { "1,1,0,0,2,0,0,0,0,3,-70,male", "d.csv:3: WT: WT must be more than 0" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (faults); i++)
    {
      g_autofree char *text = g_strconcat (head, faults[i].rows, "\n", NULL);
      g_autoptr (GError) error = NULL;
      g_autoptr (TdmNonmemData) data =
          tdm_nonmem_data_parse (text, strlen (text), "d.csv", &error);
      g_autoptr (TdmCase) record =
          data == NULL ? NULL : tdm_nonmem_data_case (data, 0, &map, &error);
      g_assert_null (record);
      g_test_message ("%s", error->message);
      g_assert_nonnull (strstr (error->message, faults[i].message));
    }
}

/* The same two rows in every way that a table may be written. */
static void
test_ways_of_writing (void)
{
  static const char *const texts[] = {
    "ID,TIME,AMT,CMT,DV\n7,0,50,1,.\n7,2.5,0,2,4.25\n",
    "\xef\xbb\xbfid,Time,AMT,CMT,DV\r\n7,0,50,1,\r\n7,2:30,,2,4.25\r\n",
    "ID\tTIME\tAMT\tCMT\tDV\n7\t0\t50\t1\t\n7\t2.5\t\t2\t4.25\n",
    "ID;TIME;AMT;CMT;DV\n7;0;50;1;.\n\n7;2.5;.;2;4.25\n",
    "\"ID\",\"TIME\", \"AMT\" ,CMT,DV\n\"7\",0,50,1,.\n7,2.5,\" \",2,+4.25e0\n",
    "# by \"hand\", of course\n#ID,TIME,AMT,CMT,DV\n7,0,50,1,.\n# 7,1,0,2,3\n"
    "7,2.5,0,2,4.25\n,,,,\n",
    "C,NAME,ID,TIME,AMT,CMT,DV\n.,\"Doe, \"\"J\"\"\",7,0,50,1,.\nC,x,7,1,0,2,9\n"
    ",x,7,2.5,0,2,4.25\n",
    "ID,TIME,AMT,CMT,DV,MDV,EVID\n7,0,50,1,0,0,1\n7,1,0,2,9,1,0\n7,2.5,0,2,4.25,0,0\n",
  };
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (TdmCase) record = case_of (texts[i], 0);
      g_test_message ("%s", texts[i]);
      g_assert_cmpstr (tdm_case_get_patient (record)->id, ==, "7");
      g_assert_cmpuint (tdm_case_get_n_doses (record), ==, 1);
      g_assert_cmpfloat (tdm_case_get_dose (record, 0)->amount, ==, 50);
      g_assert_cmpuint (tdm_case_get_n_levels (record), ==, 1);
      g_assert_cmpfloat (tdm_case_get_level (record, 0)->time.hours, ==, 2.5);
      g_assert_cmpfloat (tdm_case_get_level (record, 0)->value, ==, 4.25);
    }
}

static void
test_refused_tables (void)
{
  static const char *const texts[][2] = {
    { "", "holds no data" },
    { "ID,TIME,DV\n", "holds no data" },
    { "# nothing\n", "holds no data" },
    { "ID TIME DV\n1 2 3\n", "d.csv:1: column 1, “ID TIME DV”: expected a line of" },
    { "ID,Body weight,DV\n1,2,3\n", "d.csv:1: column 2, “BODY WEIGHT”: expected" },
    { "ID,TIME,DV,\n1,2,3,\n", "d.csv:1: column 4, “”: expected" },
    { "ID,TIME,\"DV\n1,2,3\n", "d.csv:1: quotes are not closed" },
    { "ID,TIME,DV\n1,2,\"3\n", "d.csv:2: quotes are not closed" },
    { "ID,TIME,DV\n1,2,\"3\"4\n", "d.csv:2: quotes are not closed, or something" },
    { "C,ID,TIME,AMT\n4.5,1,2,3\n", "d.csv:2: C: strikes out a row with a letter" },
    { "ID,TIME,ID\n1,2,3\n", "d.csv:1: the column ID is there twice" },
    { "1,2,3\n1,2,3\n", "column 1, “1”: expected a line of column names" },
    { "TIME,DV\n1,2\n", "d.csv: has no column ID" },
    { "ID,DV\n1,2\n", "d.csv: has no column TIME" },
    { "ID,TIME,DOSE,DV\n1,2,3,4\n", "d.csv: has no column AMT" },
    { "ID,DATE,TIME,AMT,DV\n1,2,3,4,5\n", "d.csv: DATE is not read" },
    { "ID,TIME,AMT,DV\n1,1e999,0,3\n", "d.csv:2: TIME: “1e999”" },
    { "ID,TIME,AMT,DV\n1,6:00:30,0,3\n",
      "d.csv:2: TIME: “6:00:30”: expected a number of "
      "hours or hh:mm" },
    { "ID;TIME;AMT;DV\n1;2;0;3,5\n",
      "d.csv:2: DV: “3,5”: expected a number, or nothing; "
      "decimals are written with a point" },
    { "ID,TIME,AMT,DV\n1,2,0,<0.5\n", "d.csv:2: DV: “<0.5”: expected a number, or "
                                      "nothing; a level beyond a limit has" },
    { "ID,TIME,AMT,DV\n1,23:00,5,.\n1,01:30,0,4\n", "count hours on after midnight" },
    { "ID,TIME,AMT,DV\n.,1,0,3\n", "d.csv:2: ID: is missing" },
    { "ID,TIME,DV\n\xff,1,3\n", "is no UTF-8 text; save it as that" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (TdmNonmemData) data =
          tdm_nonmem_data_parse (texts[i][0], strlen (texts[i][0]), "d.csv", &error);
      g_assert_null (data);
      g_test_message ("%s", error->message);
      g_assert_nonnull (strstr (error->message, texts[i][1]));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/record/nonmem-data/table", test_table);
  g_test_add_func ("/record/nonmem-data/doses", test_doses);
  g_test_add_func ("/record/nonmem-data/order", test_order);
  g_test_add_func ("/record/nonmem-data/levels", test_levels);
  g_test_add_func ("/record/nonmem-data/negative-levels", test_negative_levels);
  g_test_add_func ("/record/nonmem-data/numeric-sex", test_numeric_sex);
  g_test_add_func ("/record/nonmem-data/covariates", test_covariates);
  g_test_add_func ("/record/nonmem-data/same-time", test_same_time);
  g_test_add_func ("/record/nonmem-data/own-covariates", test_own_covariates);
  g_test_add_func ("/record/nonmem-data/refusals", test_refusals);
  g_test_add_func ("/record/nonmem-data/ways-of-writing", test_ways_of_writing);
  g_test_add_func ("/record/nonmem-data/refused-tables", test_refused_tables);
  return g_test_run ();
}
