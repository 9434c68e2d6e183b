/* The sentences. Numbers and units are written alike in all languages. */
#include "app/answer-templates.h"

#include <stdlib.h>
#include <string.h>

static const TdmAnswerTemplates english = {
  .code = "en",
  .found = "Found: ",
  .unfounded = "Nothing that may be relied on; doses, times, levels and the model do "
               "not go together.",
  .no_level = "No level is used; this is what is typical for patients like this one.",
  .clearance_typical = "Clearance is typical for patients like this one.",
  .clearance_below = "Clearance is %s %% below what is typical for patients like this "
                     "one.",
  .clearance_above = "Clearance is %s %% above what is typical for patients like this "
                     "one.",
  .subpopulation = "Probably of the subpopulation “%s” (%s).",
  .judged = "With the current regimen %s is %s%s, %s.",
  .sides = { "below the target (%s)", "within the target (%s)",
             "above the target (%s)" },
  .steady = " at steady state",
  .over_span = " over the stated time",
  .at_time = " at the stated time",
  .not_judged = "The current regimen cannot be judged by the target.",
  .no_regimen = "No current regimen is known.",
  .proposed = "Proposed: %s.",
  .kept = "Proposed: keep %s.",
  .expected = "Then %s is expected to be %s (90 %%: %s to %s).",
  .chances = "Chance to be within the target %s, below %s, above %s.",
  .current_as_good = "The current regimen does not rank behind it (within the target "
                     "%s).",
  .nothing_proposed = "Proposed: no regimen. %s",
  .none_reaches = "No regimen that can be given reaches the target; this one comes "
                  "nearest.",
  .watch = "Watch: ",
  .watch_above = "Chance of %s to be above the target.",
  .watch_below = "Chance of %s to be below the target.",
  .watch_alarm_high = "Chance of %s to pass the upper alarm limit.",
  .watch_alarm_low = "Chance of %s to fall short of the lower alarm limit.",
  .more = "Further remarks: %s; see there.",
  .nothing_to_watch = "Nothing beyond the usual.",
  .next_level =
      "Measure again: best %s; that narrows what is uncertain about %s by %s.",
  .next_idle =
      "Measure again: when the regimen has settled; no earlier level would tell "
      "much more.",
  .next_settled = "Measure again: when the regimen has settled.",
  .next_withheld = "Measure again: soon, with the exact times of dose and sample; no "
                   "best time is known while no advice is given.",
  .earlier = "Earlier if the patient or the organ function changes.",
  .metrics = { [TDM_METRIC_NONE] = "the target",
               [TDM_METRIC_TROUGH] = "the trough",
               [TDM_METRIC_PEAK] = "the peak",
               [TDM_METRIC_AVERAGE] = "the average concentration",
               [TDM_METRIC_AUC24] = "AUC24",
               [TDM_METRIC_AUC] = "the AUC",
               [TDM_METRIC_CUMULATIVE_AUC] = "the cumulative AUC",
               [TDM_METRIC_TIME_ABOVE] = "the time above the threshold",
               [TDM_METRIC_PEAK_MIC] = "peak/MIC",
               [TDM_METRIC_AUC_MIC] = "AUC24/MIC",
               [TDM_METRIC_TIME_BELOW] = "the time below the threshold",
               [TDM_METRIC_TIME_TO_BELOW] = "the time until below the threshold" },
  .hours = "%s h",
  .minutes = "%s min",
  .at_most = "at most %s",
  .at_least = "at least %s",
  .never = "longer than the interval",
  .days = { "", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" },
  .months = { "", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct",
              "Nov", "Dec" },
  .moment_h = "at %s",
  .moment = "on %s %s %s %s",
};

static const TdmAnswerTemplates german = {
  .code = "de",
  .found = "Befund: ",
  .unfounded = "Nichts, worauf Verlass wäre; Dosen, Zeiten, Spiegel und Modell passen "
               "nicht zusammen.",
  .no_level = "Kein Spiegel wird verwendet; dies ist für solche Patienten typisch.",
  .clearance_typical = "Die Clearance ist für solche Patienten typisch.",
  .clearance_below = "Die Clearance liegt %s %% unter dem, was für solche Patienten "
                     "typisch ist.",
  .clearance_above = "Die Clearance liegt %s %% über dem, was für solche Patienten "
                     "typisch ist.",
  .subpopulation = "Wahrscheinlich Teilpopulation „%s“ (%s).",
  .judged = "Unter der jetzigen Dosierung beträgt %s %s%s und liegt %s.",
  .sides = { "unter dem Ziel (%s)", "im Ziel (%s)", "über dem Ziel (%s)" },
  .steady = " im Fließgleichgewicht",
  .over_span = " über die genannte Zeit",
  .at_time = " zur genannten Zeit",
  .not_judged = "Die jetzige Dosierung lässt sich nicht am Ziel messen.",
  .no_regimen = "Eine jetzige Dosierung ist nicht bekannt.",
  .proposed = "Vorschlag: %s.",
  .kept = "Vorschlag: beibehalten, %s.",
  .expected = "Damit beträgt %s voraussichtlich %s (90 %%: %s bis %s).",
  .chances = "Wahrscheinlichkeit im Ziel %s, darunter %s, darüber %s.",
  .current_as_good = "Die jetzige Dosierung steht dem nicht nach (im Ziel %s).",
  .nothing_proposed = "Vorschlag: keine Dosierung. %s",
  .none_reaches = "Keine Dosierung, die gegeben werden kann, erreicht das Ziel; diese "
                  "kommt ihm am nächsten.",
  .watch = "Zu beachten: ",
  .watch_above = "Mit %s Wahrscheinlichkeit über dem Ziel.",
  .watch_below = "Mit %s Wahrscheinlichkeit unter dem Ziel.",
  .watch_alarm_high = "Mit %s Wahrscheinlichkeit über der oberen Alarmgrenze.",
  .watch_alarm_low = "Mit %s Wahrscheinlichkeit unter der unteren Alarmgrenze.",
  .more = "Weitere Hinweise: %s; siehe dort.",
  .nothing_to_watch = "Nichts über das Übliche hinaus.",
  .next_level = "Nächste Messung: am besten %s; die Unsicherheit (%s) wird dadurch um "
                "%s kleiner.",
  .next_idle =
      "Nächste Messung: sobald sich die Dosierung eingestellt hat; ein früherer "
      "Spiegel sagt kaum mehr aus.",
  .next_settled = "Nächste Messung: sobald sich die Dosierung eingestellt hat.",
  .next_withheld = "Nächste Messung: bald, mit genauen Zeiten von Gabe und "
                   "Blutentnahme; ein bester Zeitpunkt ist ohne Empfehlung nicht "
                   "bekannt.",
  .earlier = "Früher bei Änderung des Zustands oder der Organfunktion.",
  .metrics = { [TDM_METRIC_NONE] = "das Ziel",
               [TDM_METRIC_TROUGH] = "der Talspiegel",
               [TDM_METRIC_PEAK] = "der Spitzenspiegel",
               [TDM_METRIC_AVERAGE] = "der mittlere Spiegel",
               [TDM_METRIC_AUC24] = "die AUC24",
               [TDM_METRIC_AUC] = "die AUC",
               [TDM_METRIC_CUMULATIVE_AUC] = "die kumulative AUC",
               [TDM_METRIC_TIME_ABOVE] = "die Zeit über der Schwelle",
               [TDM_METRIC_PEAK_MIC] = "Spitzenspiegel/MHK",
               [TDM_METRIC_AUC_MIC] = "AUC24/MHK",
               [TDM_METRIC_TIME_BELOW] = "die Zeit unter der Schwelle",
               [TDM_METRIC_TIME_TO_BELOW] = "die Zeit bis unter die Schwelle" },
  .every = "%s alle %s%s%s",
  .weeks = "%s Wochen",
  .week = "7 Tage",
  .no_dose = "keine weitere Gabe",
  .infused = ", Infusion über %s",
  .loading = ", nach einer Aufsättigungsdosis von %s%s",
  .held = ", erste Gabe nach einer Pause von %s h",
  .step = ", %s ab %s h danach",
  .hours = "%s h",
  .minutes = "%s min",
  .at_most = "höchstens %s",
  .at_least = "mindestens %s",
  .articles = { "der ", "die ", "das " },
  .never = "länger als das Dosierungsintervall",
  .days = { "", "Mo", "Di", "Mi", "Do", "Fr", "Sa", "So" },
  .months = { "", "Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August",
              "September", "Oktober", "November", "Dezember" },
  .moment_h = "bei %s",
  .moment = "%s, %s. %s, %s Uhr",
};

const TdmAnswerTemplates *
tdm_answer_templates (TdmLanguage language)
{
  return language == TDM_LANGUAGE_GERMAN ? &german : &english;
}

/* What the notes say, without their numbers: those stand in the report. "%s" is which
 * level it is about. */
static const struct
{
  const char *code, *text;
} german_notes[] = {
  { "adjust-before-steady-state",
    "Die neue Dosierung beginnt vor einer Gabe, die für lange Gewohntes steht; sie "
    "sollte später beginnen." },
  { "covariate-assumed", "Eine Angabe zum Patienten fehlt; ein Wert ist angenommen." },
  { "covariate-imputed",
    "Eine Angabe zum Patienten fehlt; das Modell schätzt sie aus anderen." },
  { "covariate-old",
    "Die letzte Angabe zur Nierenfunktion ist alt; sie kann sich geändert haben." },
  { "covariate-outside-range",
    "Eine Angabe liegt außerhalb der Patienten, an denen das Modell gebildet wurde: "
    "die Antwort ist extrapoliert." },
  { "current-not-judged", "Die jetzige Dosierung lässt sich nicht am Ziel messen." },
  { "dialysis-apparent", "Die Clearance des Modells ist die des aufgenommenen Anteils; "
                         "die der Dialyse zählt "
                         "nur dafür, wenn sie durch diesen Anteil geteilt ist." },
  { "dialysis-counted-twice", "Das Modell zählt schon eine mittlere Dialyse mit; die "
                              "einzelnen Sitzungen kommen hinzu." },
  { "dialysis-not-studied",
    "Das Modell ist, soweit bekannt, nicht an Patienten mit Dialyse gebildet." },
  { "dose-missing",
    "Vor dem letzten Spiegel liegt eine lange Zeit ohne Gabe; prüfen, ob "
    "eine fehlt." },
  { "draws-left-out", "Für einige mögliche Verläufe ist keine Konzentration bekannt." },
  { "effect-implausible", "Ein Parameter dieses Patienten ist unglaubhaft; Dosen, "
                          "Zeiten und Spiegel prüfen." },
  { "effect-untypical",
    "Ein Parameter dieses Patienten ist sehr ungewöhnlich; Dosen, Zeiten und Spiegel "
    "prüfen." },
  { "estimate-at-kink", "Die Unsicherheit der Schätzung ist nur eine Näherung." },
  { "level-before-first-dose", "%s ist vor der ersten Gabe entnommen und bleibt außer "
                               "Betracht." },
  { "level-contradicts-model",
    "%s passt auch bei einem ungewöhnlichen Patienten nicht zum Modell; Zeit, Wert und "
    "die Gaben davor prüfen." },
  { "level-decides", "Die Schätzung hängt an einem einzigen Wert: %s." },
  { "level-during-infusion",
    "%s ist während einer Infusion entnommen; prüfen, ob aus demselben Zugang." },
  { "level-surprising",
    "%s passt schlecht zum Modell; Zeit, Wert und die Gaben davor prüfen." },
  { "level-unexpected",
    "%s ist nach diesen Gaben kaum zu erwarten; Zeit, Wert und die Gaben davor "
    "prüfen." },
  { "levels-swapped",
    "Zwei Spiegel passen vertauscht viel besser; prüfen, ob Proben verwechselt sind." },
  { "model-altered", "Die Modelldatei ist verändert." },
  { "model-checks-failed", "Die Prüfrechnungen des Modells stimmen auf diesem Rechner "
                           "nicht: seinen Zahlen ist "
                           "nicht zu trauen." },
  { "model-teaching",
    "Dieses Modell ist nur zur Lehre: was seine Antwort entscheidet, ist nicht "
    "veröffentlicht oder nicht geprüft." },
  { "no-candidate",
    "Keine Dosierung, die gegeben werden kann, erreicht bei diesem Patienten ein "
    "Fließgleichgewicht." },
  { "no-dosing", "Das Modell nennt keine Dosen, die gegeben werden können." },
  { "no-steady-state",
    "Bei einigen möglichen Verläufen reichert sich der Wirkstoff immer weiter an." },
  { "no-target", "Es ist kein Ziel angegeben." },
  { "not-converged",
    "Die Anpassung an die Spiegel ist nicht gelungen: keine verlässliche Schätzung." },
  { "patient-changes",
    "Eingetragene künftige Änderungen des Patienten ändern den Bedarf." },
  { "patient-untypical",
    "Dieser Patient ist im Ganzen sehr ungewöhnlich; Dosen, Zeiten "
    "und Spiegel prüfen." },
  { "posterior-not-settled",
    "Die Wahrscheinlichkeiten sind nur grob: die Stichproben haben sich nicht "
    "eingependelt." },
  { "renal-function-changing",
    "Das Kreatinin ändert sich rasch: die Nierenfunktion ist nicht stabil." },
  { "search-cut-short", "Die Schätzung wurde nur von wenigen Startpunkten gesucht." },
  { "several-optima",
    "Eine andere Schätzung erklärt die Spiegel fast ebenso gut; ein weiterer Spiegel "
    "würde entscheiden." },
  { "subpopulation-uncertain",
    "Die Teilpopulation dieses Patienten ist nicht sicher." },
  { "target-in-the-past", "Das Ziel liegt vor dem Zeitpunkt, von dem an sich die "
                          "Dosierung ändern kann." },
  { "target-not-reached", "Keine mögliche Dosierung erreicht das Ziel." },
};

/* "Spiegel 2" for "levels[1].value". */
static char *
german_level (const char *place)
{
  if (place == NULL || !g_str_has_prefix (place, "levels["))
    return g_strdup ("Ein Spiegel");
  return g_strdup_printf ("Spiegel %d", atoi (place + strlen ("levels[")) + 1);
}

char *
tdm_answer_note (TdmLanguage language, const char *code, const char *place)
{
  if (language != TDM_LANGUAGE_GERMAN)
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS (german_notes); i++)
    if (g_str_equal (german_notes[i].code, code))
      {
        g_auto (GStrv) parts = g_strsplit (german_notes[i].text, "%s", 2);
        g_autofree char *level = german_level (place);
        return parts[1] != NULL ? g_strconcat (parts[0], level, parts[1], NULL)
                                : g_strdup (parts[0]);
      }
  return NULL;
}
