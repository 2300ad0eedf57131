/* RTL_RB_TREE: red-black trees whose nodes lie in the caller's own structures (EXE-466). The caller looks for the place and compares; here only the
 * links are set, the tree is balanced, and Root and Min are kept. The colour is bit 0 of the parent word. Callers lock.
 *
 * Links that do not fit together are a corrupt tree: fail fast 0x1D. */
#include "nt/rtl/rtl_private.h"

static PRTL_BALANCED_NODE parent_of(const RTL_BALANCED_NODE *node)
{
    return RTL_BALANCED_NODE_GET_PARENT_POINTER(node);
}

static bool is_red(const RTL_BALANCED_NODE *node)
{
    return node && node->ParentValue & 1;
}

static void set_parent(PRTL_BALANCED_NODE node, PRTL_BALANCED_NODE parent)
{
    node->ParentValue = (ULONG_PTR)parent | (node->ParentValue & 1);
}

static void set_red(PRTL_BALANCED_NODE node, bool red)
{
    node->ParentValue = (node->ParentValue & ~(ULONG_PTR)RTL_BALANCED_NODE_RESERVED_PARENT_MASK) | red;
}

static void check(bool holds)
{
    if (!holds)
        RtlFailFast(FAST_FAIL_INVALID_BALANCED_TREE);
}

/* Where the link down to node is. */
static PRTL_BALANCED_NODE *link_to(PRTL_RB_TREE tree, PRTL_BALANCED_NODE node)
{
    PRTL_BALANCED_NODE parent = parent_of(node);

    if (!parent) {
        check(tree->Root == node);
        return &tree->Root;
    }
    check(parent->Left == node || parent->Right == node);
    return &parent->Children[parent->Right == node];
}

/* node's child on the other side takes its place; node goes down to `side`. */
static void rotate(PRTL_RB_TREE tree, PRTL_BALANCED_NODE node, unsigned side)
{
    PRTL_BALANCED_NODE up = node->Children[!side], inner;

    check(up && parent_of(up) == node);
    inner = up->Children[side];
    *link_to(tree, node) = up;
    set_parent(up, parent_of(node));
    node->Children[!side] = inner;
    if (inner)
        set_parent(inner, node);
    up->Children[side] = node;
    set_parent(node, up);
}

VOID NTAPI RtlRbInsertNodeEx(PRTL_RB_TREE Tree, PRTL_BALANCED_NODE Parent, BOOLEAN Right, PRTL_BALANCED_NODE Node)
{
    PRTL_BALANCED_NODE parent, up;

    Node->Left = Node->Right = NULL;
    Node->ParentValue = (ULONG_PTR)Parent | (Parent != NULL); /* red, but for the root */
    if (!Parent) {
        check(!Tree->Root);
        Tree->Root = Tree->Min = Node;
        return;
    }
    check(!Parent->Children[Right != 0]);
    Parent->Children[Right != 0] = Node;
    if (!Right && Parent == Tree->Min)
        Tree->Min = Node;
    while ((parent = parent_of(Node)) && is_red(parent)) {
        unsigned side;

        up = parent_of(parent);
        check(up != NULL); /* the root is black */
        side = up->Right == parent;
        if (is_red(up->Children[!side])) {
            set_red(parent, false);
            set_red(up->Children[!side], false);
            set_red(up, true);
            Node = up;
            continue;
        }
        if (parent->Children[!side] == Node) {
            rotate(Tree, parent, side);
            parent = Node;
        }
        set_red(parent, false);
        set_red(up, true);
        rotate(Tree, up, !side);
        break;
    }
    set_red(Tree->Root, false);
}

/* The subtree that hangs at parent's `side` has one black node too few. */
static void restore(PRTL_RB_TREE tree, PRTL_BALANCED_NODE parent, unsigned side)
{
    while (parent && !is_red(parent->Children[side])) {
        PRTL_BALANCED_NODE other = parent->Children[!side];

        check(other != NULL);
        if (is_red(other)) {
            set_red(other, false);
            set_red(parent, true);
            rotate(tree, parent, side);
            other = parent->Children[!side];
            check(other != NULL);
        }
        if (!is_red(other->Left) && !is_red(other->Right)) {
            set_red(other, true);
            if (!parent_of(parent)) {
                return;
            }
            if (is_red(parent)) {
                set_red(parent, false);
                return;
            }
            side = parent_of(parent)->Right == parent;
            parent = parent_of(parent);
            continue;
        }
        if (!is_red(other->Children[!side])) {
            set_red(other->Children[side], false);
            set_red(other, true);
            rotate(tree, other, !side);
            other = parent->Children[!side];
        }
        set_red(other, is_red(parent));
        set_red(parent, false);
        set_red(other->Children[!side], false);
        rotate(tree, parent, side);
        return;
    }
    if (parent)
        set_red(parent->Children[side], false);
}

/* node has one child at most: that takes its place. */
static void unlink(PRTL_RB_TREE tree, PRTL_BALANCED_NODE node)
{
    PRTL_BALANCED_NODE child = node->Left ? node->Left : node->Right, parent = parent_of(node), *link = link_to(tree, node);
    unsigned side = parent && parent->Right == node;
    bool black = !is_red(node);

    *link = child;
    if (child) {
        check(parent_of(child) == node);
        set_parent(child, parent);
    }
    if (!black)
        return;
    if (is_red(child))
        set_red(child, false);
    else
        restore(tree, parent, side);
}

VOID NTAPI RtlRbRemoveNode(PRTL_RB_TREE Tree, PRTL_BALANCED_NODE Node)
{
    PRTL_BALANCED_NODE next = Node->Right;

    if (Tree->Min == Node) { /* it has no left child */
        check(!Node->Left);
        while (next && next->Left)
            next = next->Left;
        Tree->Min = next ? next : parent_of(Node);
    }
    if (!Node->Left || !Node->Right) {
        unlink(Tree, Node);
        return;
    }
    for (next = Node->Right; next->Left; next = next->Left)
        ;
    unlink(Tree, next);
    next->Left = Node->Left; /* and then it takes the node's place: links, colour and all */
    next->Right = Node->Right;
    next->ParentValue = Node->ParentValue;
    *link_to(Tree, Node) = next;
    if (next->Left)
        set_parent(next->Left, next);
    if (next->Right)
        set_parent(next->Right, next);
}
