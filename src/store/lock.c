/* A lock beside the database.
 *
 * A file of its own, because closing any descriptor of the database file would drop the
 * locks that SQLite holds on it in this process; an open-file-description lock, because
 * those also tell two owners within one process apart. */
#include "store/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"

struct _TdmLock
{
  char *path;
  int fd;
};

static int
try_lock (int fd)
{
  struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
  return fcntl (fd, F_OFD_SETLK, &whole);
}

/* The file may have been removed between opening and locking it. */
static gboolean
is_still_there (int fd, const char *path)
{
  struct stat held, now;
  return fstat (fd, &held) == 0 && stat (path, &now) == 0 && held.st_dev == now.st_dev
         && held.st_ino == now.st_ino;
}

static void
set_held_error (GError **error, const char *path, int fd)
{
  char holder[200] = "";
  gssize n = pread (fd, holder, sizeof holder - 1, 0);
  if (n <= 0 || !g_utf8_validate (holder, n, NULL))
    g_strlcpy (holder, "unknown", sizeof holder);
  g_set_error (error, TDM_ERROR, TDM_ERROR_SYSTEM,
               "Titrate is open already and holds the database (%s, lock %s); use that "
               "window, or close it first",
               holder, path);
}

static void
write_holder (int fd)
{
  g_autofree char *text =
      g_strdup_printf ("process %d on %s", (int)getpid (), g_get_host_name ());
  gsize length = strlen (text);
  /* Only for the message; the lock holds without it, on a full disk for instance. */
  if (ftruncate (fd, 0) != 0 || pwrite (fd, text, length, 0) != (gssize)length)
    g_debug ("the lock's holder could not be written");
}

TdmLock *
tdm_lock_take (const char *path, GError **error)
{
  g_autofree char *lock_path = g_strconcat (path, ".lock", NULL);
  for (;;)
    {
      int fd = g_open (lock_path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
      if (fd < 0)
        {
          g_set_error (error, TDM_ERROR, TDM_ERROR_SYSTEM,
                       "The database's folder cannot be written (%s): %s", lock_path,
                       g_strerror (errno));
          return NULL;
        }
      if (try_lock (fd) != 0)
        {
          set_held_error (error, lock_path, fd);
          close (fd);
          return NULL;
        }
      if (is_still_there (fd, lock_path))
        {
          TdmLock *self = g_new (TdmLock, 1);
          *self = (TdmLock){ g_steal_pointer (&lock_path), fd };
          write_holder (fd);
          return self;
        }
      close (fd);
    }
}

void
tdm_lock_release (TdmLock *self)
{
  g_unlink (self->path);
  close (self->fd);
  g_free (self->path);
  g_free (self);
}
