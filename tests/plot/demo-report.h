/* A synthetic report for tests; include after demo-scene.h. */
#pragma once

#include "plot/report.h"

static void
demo_report_options (TdmReport *report)
{
  const TdmReportOption options[] = {
    { "1000 mg every 12 h, infused over 1.5 h", "keep current", "11.8 (6.6–20.1)",
      "31.4 (24.9–42.1)", "483 (391–589)", "2000 mg/day, 25.3 mg/kg", 0.81, 0.16, 0.03,
      FALSE },
    { "1250 mg every 12 h, infused over 1.5 h", "chosen", "14.6 (8.2–24.2)",
      "39.1 (31–52.2)", "604 (489–736)", "2500 mg/day, 31.6 mg/kg", 0.28, 0.54, 0.18,
      TRUE },
    { "750 mg every 8 h, infused over 1 h", NULL, "17.9 (10.8–27.3)", "33.2 (26–43.8)",
      "545 (440–664)", "2250 mg/day, 28.5 mg/kg", 0.17, 0.49, 0.34, FALSE },
  };
  for (guint i = 0; i < G_N_ELEMENTS (options); i++)
    tdm_report_add_option (report, &options[i]);
}

static void
demo_report_inputs (TdmReport *report)
{
  const TdmReportInput inputs[] = {
    { "Sun 1 Mar 08:00", "Body weight", "79 kg", NULL, FALSE },
    { "Sun 1 Mar 09:00", "Creatinine", "97 µmol/L", NULL, FALSE },
    { "Tue 3 Mar 06:00", "Creatinine", "141 µmol/L", NULL, FALSE },
    { "–", "Dialysis", "no", "assumed: not entered", TRUE },
    { "Sun 1 Mar 10:00", "Dose", "1000 mg over 1.5 h, every 12 h, 4 doses", NULL,
      FALSE },
    { "Sun 1 Mar 12:30", "Level", "21.4 mg/L", "2.5 h after the dose", FALSE },
    { "Mon 2 Mar 07:30", "Level", "12.2 mg/L", NULL, FALSE },
    { "Mon 2 Mar 23:00", "Level", "40.5 mg/L", "left out: drawn during infusion",
      TRUE },
    { "Tue 3 Mar 07:30", "Level", "11.4 mg/L", NULL, FALSE },
  };
  for (guint i = 0; i < G_N_ELEMENTS (inputs); i++)
    tdm_report_add_input (report, &inputs[i]);
}

static inline TdmReport *
demo_report_new (void)
{
  TdmReport *report = tdm_report_new ();
  report->title = g_strdup ("Vancomycin dosing report");
  report->patient_name = g_strdup ("Teaching case 1");
  report->patient_id = g_strdup ("TEACH-001");
  g_ptr_array_add (report->identity, g_strdup ("born 1957-05-02"));
  g_ptr_array_add (report->identity, g_strdup ("male"));
  report->conclusion = g_strdup ("Trough is below target. With 1250 mg every 12 hours "
                                 "the trough is expected to be "
                                 "14.6 mg/L (8.2–24.2).");
  g_ptr_array_add (report->warnings,
                   g_strdup ("Creatinine rose by 45 % in 45 h: the estimate may lag."));
  report->scene = demo_scene_trough ();
  report->unit = g_strdup ("mg/L");
  report->area_unit = g_strdup ("mg·h/L");
  demo_report_options (report);
  demo_report_inputs (report);
  g_ptr_array_add (report->fit, g_strdup ("The three levels used lie within 1.2 SD of "
                                          "the curve; the minimiser converged from all "
                                          "of its starts to one optimum."));
  g_ptr_array_add (
      report->fit,
      g_strdup ("Clearance 4.14 L/h is 38 % below what is typical for such "
                "patients; volume 43.7 L is typical."));
  g_ptr_array_add (report->model,
                   g_strdup ("vancomycin-goti-2018: adults in hospital, "
                             "some on dialysis. Goti V et al., Ther Drug "
                             "Monit 2018; 40: 212–221."));
  g_ptr_array_add (report->model, g_strdup ("sha256 0f3c9a7be1d24458"));
  report->footer = g_strdup ("vancomycin-goti-2018 0f3c9a7b  ·  Titrate 0.1.0");
  report->intended_use =
      g_strdup ("For trained professionals. Supports clinical judgement and does not "
                "replace it.");
  return report;
}
