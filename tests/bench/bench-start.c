/* How long titrate-cli takes from its start to the answer on standard output. */
#include "bench.h"

#include <gio/gio.h>

static void
start (gpointer data)
{
  g_autoptr (GError) error = NULL;
  int status;
  g_spawn_sync (NULL, data, NULL, G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL, NULL,
                &status, &error);
  g_assert_no_error (error);
  g_spawn_check_wait_status (status, &error);
  g_assert_no_error (error);
}

/* Usage: bench-start TITRATE-CLI CASE */
int
main (int argc, char *argv[])
{
  g_assert (argc == 3);
  char *version[] = { argv[1], "--version", NULL };
  char *library[] = { argv[1], "models", NULL };
  char *fit[] = { argv[1], "fit", argv[2], "--json", NULL };
  char *propose[] = { argv[1], "propose", argv[2], "--json", NULL };
  bench_run ("titrate-cli --version", start, version);
  bench_run ("titrate-cli models (the whole library)", start, library);
  bench_run ("titrate-cli fit", start, fit);
  bench_run ("titrate-cli propose", start, propose);
  return 0;
}
