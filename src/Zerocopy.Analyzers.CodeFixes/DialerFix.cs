using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using Microsoft.CodeAnalysis.Text;

namespace Zerocopy.Analyzers.CodeFixes;

/// <summary>ZC1030: the Dialer makes the socket and connects it. Only where the two stand one after the other, and
/// what is connected to is written as the Dialer takes it.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
public sealed class DialerFix() : ZerocopyFix(RuleIds.FrameworkConnect, "Connect with the Dialer")
{
    private protected override TextChange[]? Fix(Finding finding)
    {
        if (finding.Node is not InvocationExpressionSyntax syntax
            || finding.Model.GetOperation(syntax) is not IInvocationOperation
            {
                Instance: ILocalReferenceOperation { Local: { } socket } instance
            } connect
            || finding.Statement is not ExpressionStatementSyntax { Parent: BlockSyntax block } statement
            || !Takes(connect, finding)
            || Body.Of(instance).Get(socket).Declarator?.Syntax is not VariableDeclaratorSyntax
            {
                Initializer.Value: BaseObjectCreationExpressionSyntax { Initializer: null } created,
                Parent: VariableDeclarationSyntax { Variables.Count: 1, Parent: LocalDeclarationStatementSyntax made }
            }
            || block.Statements.IndexOf(statement) != block.Statements.IndexOf(made) + 1)
        {
            return null;
        }

        // With the awaiting as it was written, `ConfigureAwait(false)` included.
        string dialer = finding.Name("Zerocopy.Dialer");
        string awaited = statement.Expression.ToString();
        int name = syntax.ArgumentList.SpanStart - statement.Expression.SpanStart;
        return
        [
            Replace(created, $"await {dialer}.ConnectAsync{awaited.Substring(name)}"),
            new TextChange(finding.RemovalOf(statement), string.Empty),
        ];
    }

    private static bool Takes(IInvocationOperation connect, Finding finding)
        => KnownSymbols.Same(connect.TargetMethod.ContainingType, finding.Known.Socket)
            && connect.TargetMethod.Parameters is [{ Type: { } type }, ..] parameters
            && (type.SpecialType == SpecialType.System_String
                ? parameters.Length >= 2
                : type.Name == "EndPoint");
}
