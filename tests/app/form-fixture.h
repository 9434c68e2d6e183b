/* A form on the teaching case of the builders. */
#pragma once

#include "app/form.h"
#include "builder-case.h"

typedef struct
{
  GPtrArray *models;
  TdmSession *session;
  TdmForm *form;
} Fixture;

static inline void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmResult) result = builder_result ("auc24", "400", "600", "mg.h/L");

  f->models = tdm_library_load_all (&error);
  g_assert_no_error (error);
  f->session = tdm_session_new (NULL, f->models);
  f->form = tdm_form_new (f->session);
  tdm_session_open (f->session, "case", result->record);
}

static inline void
tear_down (Fixture *f, gconstpointer data)
{
  tdm_session_close (f->session);
  g_object_unref (f->form);
  g_assert_finalize_object (f->session);
  g_ptr_array_unref (f->models);
}

static inline TdmCase *
record_of (Fixture *f)
{
  return tdm_session_get_record (f->session);
}

static inline void
assert_text (Fixture *f, TdmCellKind kind, guint row, const char *expected)
{
  g_autofree char *text = tdm_form_get_text (f->form, (TdmCell){ kind, row });

  g_assert_cmpstr (text, ==, expected);
}

static inline gboolean
enter (Fixture *f, TdmCellKind kind, guint row, const char *text)
{
  return tdm_form_enter (f->form, (TdmCell){ kind, row }, text);
}

static inline TdmRemarkKind
remark_kind (Fixture *f, TdmSection section, guint row)
{
  TdmRemarkKind kind;
  g_autofree char *text = tdm_form_get_remark (f->form, section, row, &kind);

  return kind;
}
