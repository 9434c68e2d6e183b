/* Trees: one parsed expression. Nodes lie in one array in which arguments come before
 * what uses them, so that walking a tree is a loop and needs no recursion; the last
 * node is the root. */
#pragma once

#include <glib.h>

#include "lang/op.h"
#include "lang/place.h"

#define TDM_TREE_MAX_TEXT (64u * 1024u)
#define TDM_TREE_MAX_NODES 10000u
#define TDM_TREE_MAX_ARGUMENTS 8u

typedef enum
{
  TDM_NODE_NUMBER,    /* number; text: its unit as written, "" = any, or NULL */
  TDM_NODE_NAME,      /* text */
  TDM_NODE_TEXT,      /* text, a literal in quotes */
  TDM_NODE_OPERATION, /* op, arguments */
  TDM_NODE_CALL,      /* text, arguments */
} TdmNodeKind;

typedef struct
{
  TdmNodeKind kind;
  TdmOp op;
  double number;
  const char *text; /* owned by the tree */
  guint n_arguments;
  guint arguments[TDM_TREE_MAX_ARGUMENTS]; /* numbers of nodes */
  gsize offset;                            /* byte of the text where it stands */
} TdmNode;

typedef struct _TdmTree TdmTree;

/* An empty tree over a copy of `text`, which stands at `place`. Yours. */
TdmTree *tdm_tree_new (const char *text,
                       const TdmPlace *place) G_GNUC_WARN_UNUSED_RESULT;
void tdm_tree_free (TdmTree *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TdmTree, tdm_tree_free)

/* Appends a node (its text is copied) and returns its number. */
guint tdm_tree_add (TdmTree *self, const TdmNode *node);

const char *tdm_tree_get_source (const TdmTree *self);
guint tdm_tree_get_n_nodes (const TdmTree *self);
const TdmNode *tdm_tree_get_node (const TdmTree *self, guint i);

/* Where a byte of the text stands in its file. Borrows the file's name from the tree.
 */
TdmPlace tdm_tree_get_place (const TdmTree *self, gsize offset);
