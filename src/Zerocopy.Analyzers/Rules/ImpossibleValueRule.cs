using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Zerocopy.Analyzers;

/// <summary>ZC1021: a constant that the property or parameter always throws at.</summary>
internal sealed class ImpossibleValueRule : Rule
{
    private static readonly DiagnosticDescriptor s_descriptor = new(
        RuleIds.ImpossibleValue,
        "Value is never accepted",
        "{0} is refused with ArgumentOutOfRangeException: it must be {1}",
        Category.Correctness,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: HelpLink(RuleIds.ImpossibleValue));

    internal override DiagnosticDescriptor Descriptor => s_descriptor;

    private const string Positive = "positive";
    private const string NotNegative = "zero or positive";
    private const string Timeout = "positive, at most 24 days, or Timeout.InfiniteTimeSpan";

    internal override void OnAssignment(
        ISimpleAssignmentOperation assignment, IPropertySymbol property, KnownSymbols known, Report report)
    {
        string? rule = property.Name switch
        {
            "LimitBytes" => NotNegative,
            "BytesPerSecond" or "CapacityBytes" or "Capacity" => Positive,
            "IdleTimeout" or "LingerAfterHalfClose" => Timeout,
            _ => null,
        };
        Look(assignment.Value, property.Name, rule, known, report);
    }

    internal override void OnInvocation(IInvocationOperation invocation, KnownSymbols known, Report report)
    {
        bool isCreate = invocation.TargetMethod.Name == "Create"
            && KnownSymbols.Same(invocation.TargetMethod.ContainingType, known.Pipe);
        bool isHandle = invocation.TargetMethod.Name == "FromHandle"
            && KnownSymbols.Same(invocation.TargetMethod.ContainingType, known.Endpoint);
        foreach (IArgumentOperation argument in invocation.Arguments)
        {
            string? rule = argument.Parameter?.Name switch
            {
                "capacity" when isCreate => Positive,
                "offset" when isHandle => NotNegative,
                _ => null,
            };
            Look(argument.Value, argument.Parameter?.Name ?? string.Empty, rule, known, report);
        }
    }

    private static void Look(IOperation value, string name, string? rule, KnownSymbols known, Report report)
    {
        bool isRefused = rule switch
        {
            Positive => Constants.Number(value) <= 0,
            NotNegative => Constants.Number(value) < 0,
            Timeout => Constants.Milliseconds(value, known) is { } ms && ms != -1 && (ms <= 0 || ms > int.MaxValue),
            _ => false,
        };
        if (isRefused)
        {
            report.At(value, name, rule!);
        }
    }
}
