using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Zerocopy.Analyzers;

/// <summary>Whether a method stays around for something: whatever that is, it may be what says that a relay or a
/// transfer has ended, or is to be.</summary>
internal static class Waiting
{
    /// <summary>Whether a scope waits for anything once an operation in it has run: a loop around it, too.</summary>
    internal static bool After(IOperation operation, IOperation scope)
    {
        for (IOperation? parent = operation.Parent; parent is not null && parent != scope; parent = parent.Parent)
        {
            if (parent is ILoopOperation)
            {
                return true;
            }
        }

        IOperation function = Body.FunctionOf(operation);
        return scope.Descendants().Any(later => later.Syntax.SpanStart >= operation.Syntax.Span.End
            && Waits(later) && Body.FunctionOf(later) == function);
    }

    private static bool Waits(IOperation operation)
        => operation is IAwaitOperation or ILoopOperation
            || operation is IInvocationOperation
            {
                TargetMethod.Name: "Wait" or "WaitOne" or "WaitAll" or "WaitAny" or "Join" or "Sleep" or "GetResult"
                    or "ReadLine" or "ReadKey" or "Run" or "SignalAndWait" or "WaitForExit" or "WaitForShutdown"
            }
            || operation is IPropertyReferenceOperation { Property.Name: "Result" };
}
