using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using Microsoft.CodeAnalysis.Text;

namespace Zerocopy.Analyzers.CodeFixes;

/// <summary>ZC1016: sets O_NONBLOCK in the way that .NET knows of. Only where it is seen to be set.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
public sealed class BlockingFix() : ZerocopyFix(RuleIds.NonBlockingFlag, "Set Socket.Blocking")
{
    private const int NonBlocking = 0x800; // O_NONBLOCK

    private protected override TextChange[]? Fix(Finding finding)
        => finding.Node is InvocationExpressionSyntax { Parent: ExpressionStatementSyntax } syntax
            && finding.Model.GetOperation(syntax) is IInvocationOperation { Arguments: [var descriptor, _, var flags] }
            && SetsNonBlocking(flags.Value)
            && NonBlockingFlagRule.SocketOf(descriptor.Value, finding.Known) is { } socket
                ? [Replace(syntax, $"{socket.Syntax}.Blocking = false")] : null;

    private static bool SetsNonBlocking(IOperation flags)
        => (Constants.Number(flags) & NonBlocking) != 0 && Constants.Number(flags) is not null
            || (flags is IBinaryOperation { OperatorKind: BinaryOperatorKind.Or } or
                && (SetsNonBlocking(or.LeftOperand) || SetsNonBlocking(or.RightOperand)));
}
