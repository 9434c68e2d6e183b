#include "lang/tree.h"

struct _TdmTree
{
  char *source;
  char *file;
  TdmPlace start;
  GArray *nodes;
  GStringChunk *texts;
};

TdmTree *
tdm_tree_new (const char *text, const TdmPlace *place)
{
  TdmTree *self = g_new0 (TdmTree, 1);
  self->source = g_strdup (text);
  self->file = g_strdup (place->file);
  self->start = *place;
  self->start.file = self->file;
  self->nodes = g_array_new (FALSE, FALSE, sizeof (TdmNode));
  self->texts = g_string_chunk_new (256);
  return self;
}

void
tdm_tree_free (TdmTree *self)
{
  if (!self)
    return;
  g_string_chunk_free (self->texts);
  g_array_unref (self->nodes);
  g_free (self->file);
  g_free (self->source);
  g_free (self);
}

guint
tdm_tree_add (TdmTree *self, const TdmNode *node)
{
  g_assert (self->nodes->len < TDM_TREE_MAX_NODES);
  TdmNode copy = *node;
  if (node->text)
    copy.text = g_string_chunk_insert_const (self->texts, node->text);
  g_array_append_val (self->nodes, copy);
  return self->nodes->len - 1;
}

const char *
tdm_tree_get_source (const TdmTree *self)
{
  return self->source;
}

guint
tdm_tree_get_n_nodes (const TdmTree *self)
{
  return self->nodes->len;
}

const TdmNode *
tdm_tree_get_node (const TdmTree *self, guint i)
{
  g_assert (i < self->nodes->len);
  return &g_array_index (self->nodes, TdmNode, i);
}

TdmPlace
tdm_tree_get_place (const TdmTree *self, gsize offset)
{
  return tdm_place_advance (&self->start, self->source, offset);
}
