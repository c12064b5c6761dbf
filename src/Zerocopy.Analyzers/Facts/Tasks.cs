using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Zerocopy.Analyzers;

/// <summary>What becomes of the task that a call returns.</summary>
internal static class Tasks
{
    /// <summary>The call with what only gives its task another form: <c>AsTask()</c>, <c>ConfigureAwait(false)</c>, a
    /// conversion.</summary>
    internal static IOperation Outermost(IOperation call)
    {
        IOperation current = call;
        while (true)
        {
            switch (current.Parent)
            {
                case IInvocationOperation { TargetMethod.Name: "AsTask" or "ConfigureAwait" or "Preserve" } form
                    when form.Instance == current:
                    current = form;
                    break;
                case IConversionOperation { OperatorMethod: null } conversion:
                    current = conversion;
                    break;
                default:
                    return current;
            }
        }
    }

    /// <summary>Whether <c>await</c> is allowed here.</summary>
    internal static bool IsInAsyncMethod(IOperation operation)
        => operation.SemanticModel?.GetEnclosingSymbol(operation.Syntax.SpanStart) is IMethodSymbol { IsAsync: true };
}
