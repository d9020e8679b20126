using System.Runtime.CompilerServices;
using Acornima.Ast;

namespace Acornima;

/// <summary>
/// Walks a tree: every method visits the node's children in source order and returns the node.
/// <para>A tree too deep for the calling thread's stack ends in <see cref="InsufficientExecutionStackException"/>.</para>
/// </summary>
public class AstVisitor
{
    public virtual object? Visit(Node node)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        return node.Accept(this);
    }

    private Node VisitChildren(Node node)
    {
        foreach (var child in node.ChildNodes)
        {
            Visit(child);
        }

        return node;
    }

    protected internal virtual object? VisitAccessorProperty(AccessorProperty node) => VisitChildren(node);

    protected internal virtual object? VisitArrayExpression(ArrayExpression node) => VisitChildren(node);

    protected internal virtual object? VisitArrayPattern(ArrayPattern node) => VisitChildren(node);

    protected internal virtual object? VisitArrowFunctionExpression(ArrowFunctionExpression node) => VisitChildren(node);

    protected internal virtual object? VisitAssignmentExpression(AssignmentExpression node) => VisitChildren(node);

    protected internal virtual object? VisitAssignmentPattern(AssignmentPattern node) => VisitChildren(node);

    protected internal virtual object? VisitAssignmentProperty(AssignmentProperty node) => VisitChildren(node);

    protected internal virtual object? VisitAwaitExpression(AwaitExpression node) => VisitChildren(node);

    protected internal virtual object? VisitBinaryExpression(BinaryExpression node) => VisitChildren(node);

    protected internal virtual object? VisitBlockStatement(BlockStatement node) => VisitChildren(node);

    protected internal virtual object? VisitBreakStatement(BreakStatement node) => VisitChildren(node);

    protected internal virtual object? VisitCallExpression(CallExpression node) => VisitChildren(node);

    protected internal virtual object? VisitCatchClause(CatchClause node) => VisitChildren(node);

    protected internal virtual object? VisitChainExpression(ChainExpression node) => VisitChildren(node);

    protected internal virtual object? VisitClassBody(ClassBody node) => VisitChildren(node);

    protected internal virtual object? VisitClassDeclaration(ClassDeclaration node) => VisitChildren(node);

    protected internal virtual object? VisitClassExpression(ClassExpression node) => VisitChildren(node);

    protected internal virtual object? VisitConditionalExpression(ConditionalExpression node) => VisitChildren(node);

    protected internal virtual object? VisitContinueStatement(ContinueStatement node) => VisitChildren(node);

    protected internal virtual object? VisitDebuggerStatement(DebuggerStatement node) => VisitChildren(node);

    protected internal virtual object? VisitDecorator(Decorator node) => VisitChildren(node);

    protected internal virtual object? VisitDirective(Directive node) => VisitChildren(node);

    protected internal virtual object? VisitDoWhileStatement(DoWhileStatement node) => VisitChildren(node);

    protected internal virtual object? VisitEmptyStatement(EmptyStatement node) => VisitChildren(node);

    protected internal virtual object? VisitExportAllDeclaration(ExportAllDeclaration node) => VisitChildren(node);

    protected internal virtual object? VisitExportDefaultDeclaration(ExportDefaultDeclaration node) => VisitChildren(node);

    protected internal virtual object? VisitExportNamedDeclaration(ExportNamedDeclaration node) => VisitChildren(node);

    protected internal virtual object? VisitExportSpecifier(ExportSpecifier node) => VisitChildren(node);

    protected internal virtual object? VisitExpressionStatement(ExpressionStatement node) => VisitChildren(node);

    protected internal virtual object? VisitForInStatement(ForInStatement node) => VisitChildren(node);

    protected internal virtual object? VisitForOfStatement(ForOfStatement node) => VisitChildren(node);

    protected internal virtual object? VisitForStatement(ForStatement node) => VisitChildren(node);

    protected internal virtual object? VisitFunctionBody(FunctionBody node) => VisitChildren(node);

    protected internal virtual object? VisitFunctionDeclaration(FunctionDeclaration node) => VisitChildren(node);

    protected internal virtual object? VisitFunctionExpression(FunctionExpression node) => VisitChildren(node);

    protected internal virtual object? VisitIdentifier(Identifier node) => VisitChildren(node);

    protected internal virtual object? VisitIfStatement(IfStatement node) => VisitChildren(node);

    protected internal virtual object? VisitImportAttribute(ImportAttribute node) => VisitChildren(node);

    protected internal virtual object? VisitImportDeclaration(ImportDeclaration node) => VisitChildren(node);

    protected internal virtual object? VisitImportDefaultSpecifier(ImportDefaultSpecifier node) => VisitChildren(node);

    protected internal virtual object? VisitImportExpression(ImportExpression node) => VisitChildren(node);

    protected internal virtual object? VisitImportNamespaceSpecifier(ImportNamespaceSpecifier node) => VisitChildren(node);

    protected internal virtual object? VisitImportSpecifier(ImportSpecifier node) => VisitChildren(node);

    protected internal virtual object? VisitLabeledStatement(LabeledStatement node) => VisitChildren(node);

    protected internal virtual object? VisitLiteral(Literal node) => VisitChildren(node);

    protected internal virtual object? VisitLogicalExpression(LogicalExpression node) => VisitChildren(node);

    protected internal virtual object? VisitMemberExpression(MemberExpression node) => VisitChildren(node);

    protected internal virtual object? VisitMetaProperty(MetaProperty node) => VisitChildren(node);

    protected internal virtual object? VisitMethodDefinition(MethodDefinition node) => VisitChildren(node);

    protected internal virtual object? VisitNewExpression(NewExpression node) => VisitChildren(node);

    protected internal virtual object? VisitObjectExpression(ObjectExpression node) => VisitChildren(node);

    protected internal virtual object? VisitObjectPattern(ObjectPattern node) => VisitChildren(node);

    protected internal virtual object? VisitObjectProperty(ObjectProperty node) => VisitChildren(node);

    protected internal virtual object? VisitParenthesizedExpression(ParenthesizedExpression node) => VisitChildren(node);

    protected internal virtual object? VisitPrivateIdentifier(PrivateIdentifier node) => VisitChildren(node);

    protected internal virtual object? VisitProgram(Program node) => VisitChildren(node);

    protected internal virtual object? VisitPropertyDefinition(PropertyDefinition node) => VisitChildren(node);

    protected internal virtual object? VisitRestElement(RestElement node) => VisitChildren(node);

    protected internal virtual object? VisitReturnStatement(ReturnStatement node) => VisitChildren(node);

    protected internal virtual object? VisitSequenceExpression(SequenceExpression node) => VisitChildren(node);

    protected internal virtual object? VisitSpreadElement(SpreadElement node) => VisitChildren(node);

    protected internal virtual object? VisitStaticBlock(StaticBlock node) => VisitChildren(node);

    protected internal virtual object? VisitSuper(Super node) => VisitChildren(node);

    protected internal virtual object? VisitSwitchCase(SwitchCase node) => VisitChildren(node);

    protected internal virtual object? VisitSwitchStatement(SwitchStatement node) => VisitChildren(node);

    protected internal virtual object? VisitTaggedTemplateExpression(TaggedTemplateExpression node) => VisitChildren(node);

    protected internal virtual object? VisitTemplateElement(TemplateElement node) => VisitChildren(node);

    protected internal virtual object? VisitTemplateLiteral(TemplateLiteral node) => VisitChildren(node);

    protected internal virtual object? VisitThisExpression(ThisExpression node) => VisitChildren(node);

    protected internal virtual object? VisitThrowStatement(ThrowStatement node) => VisitChildren(node);

    protected internal virtual object? VisitTryStatement(TryStatement node) => VisitChildren(node);

    protected internal virtual object? VisitUnaryExpression(UnaryExpression node) => VisitChildren(node);

    protected internal virtual object? VisitUpdateExpression(UpdateExpression node) => VisitChildren(node);

    protected internal virtual object? VisitVariableDeclaration(VariableDeclaration node) => VisitChildren(node);

    protected internal virtual object? VisitVariableDeclarator(VariableDeclarator node) => VisitChildren(node);

    protected internal virtual object? VisitWhileStatement(WhileStatement node) => VisitChildren(node);

    protected internal virtual object? VisitWithStatement(WithStatement node) => VisitChildren(node);

    protected internal virtual object? VisitYieldExpression(YieldExpression node) => VisitChildren(node);
}
