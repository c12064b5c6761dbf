using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Zerocopy.Analyzers;

/// <summary>ZC1007: a pipe that never leaves its method and is never closed there.</summary>
internal sealed class PipeNotDisposedRule : Rule
{
    private static readonly DiagnosticDescriptor s_descriptor = new(
        RuleIds.PipeNotDisposed,
        "Pipe is not disposed",
        "'{0}' is never disposed: two descriptors and up to 64 KiB of the user's pipe pages stay in "
            + "use until it is collected",
        Category.Correctness,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpLink(RuleIds.PipeNotDisposed));

    internal override DiagnosticDescriptor Descriptor => s_descriptor;

    internal override void OnInvocation(IInvocationOperation invocation, KnownSymbols known, Report report)
    {
        if (invocation.TargetMethod.Name == "Create"
            && KnownSymbols.Same(invocation.TargetMethod.ContainingType, known.Pipe)
            && Locals.InitializedBy(invocation) is { } declarator
            && !Locals.IsUsing(declarator)
            && IsKeptAndLeft(declarator, known))
        {
            report.At(invocation, declarator.Symbol.Name);
        }
    }

    private static bool IsKeptAndLeft(IVariableDeclaratorOperation declarator, KnownSymbols known)
    {
        Variable variable = Body.Of(declarator).Get(declarator.Symbol);
        bool closesRead = false;
        bool closesWrite = false;
        foreach (IOperation reference in variable.References)
        {
            switch (reference.Parent)
            {
                case IInvocationOperation { TargetMethod.Name: "Dispose" or "AsReadStream" or "AsWriteStream" }:
                    return false; // Closed, or closed by its streams.
                case IInvocationOperation call when call.Instance == reference:
                    closesRead |= call.TargetMethod.Name == "CloseRead";
                    closesWrite |= call.TargetMethod.Name == "CloseWrite";
                    break;
                case IPropertyReferenceOperation:
                    break;
                case var _ when Locals.IsEndpointArgument(reference, known):
                    break;
                default:
                    return false; // It goes somewhere.
            }

            if (Body.FunctionOf(reference) != Body.FunctionOf(declarator))
            {
                return false;
            }
        }

        return variable.Writes == 1 && !(closesRead && closesWrite);
    }
}
