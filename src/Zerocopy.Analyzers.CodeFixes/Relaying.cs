using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using Microsoft.CodeAnalysis.Text;

namespace Zerocopy.Analyzers.CodeFixes;

/// <summary>Replaces two opposite calls, and what waits for them, by one relay. Only if nothing else is waited for,
/// without options, and with the same token.</summary>
internal static class Relaying
{
    /// <summary>Of the second of two transfers.</summary>
    /// <returns>Null if it is more than that.</returns>
    internal static TextChange[]? Change(Finding finding)
        => finding.Call() is (_, { } call)
            && BothWays.Of(Flow.OfTransfer(call.Invocation, finding.Known), finding.Known, Flow.OfTransfer) is { } both
            ? Change(both, finding) : null;

    /// <returns>Null if it is more than that.</returns>
    internal static TextChange[]? Change(BothWays both, Finding finding)
    {
        List<StatementSyntax> holders = [];
        if (both.Combiner?.Syntax is not InvocationExpressionSyntax combiner
            || Awaited(combiner) is not { } replaced
            || HasOptions(both.There, finding)
            || HasOptions(both.Back, finding)
            || finding.TokenOf(both.There.Call) != finding.TokenOf(both.Back.Call)
            || Items(combiner, holders, finding) is not { Count: 2 } items
            || !items.Select(item => Call(item, holders, finding))
                .OrderBy(static call => call?.SpanStart ?? -1)
                .SequenceEqual([both.There.Call.Syntax, both.Back.Call.Syntax]))
        {
            return null;
        }

        string token = finding.TokenOf(both.There.Call) is { } passed ? $", cancellationToken: {passed}" : string.Empty;
        string ends = $"{both.There.Source.Syntax}, {both.There.Destination.Syntax}";
        string run = $"{finding.Name(finding.Known.Relay)}.RunAsync({ends}{token})";
        IEnumerable<TextChange> gone = holders.Select(
            statement => new TextChange(finding.RemovalOf(statement), string.Empty));
        return [.. gone, new TextChange(replaced, run)];
    }

    /// <returns>What the relay takes the place of: what is awaited as a statement, and the first of two
    /// awaits.</returns>
    private static TextSpan? Awaited(InvocationExpressionSyntax combiner)
    {
        ExpressionSyntax task = combiner.Parent is MemberAccessExpressionSyntax
        {
            Name.Identifier.ValueText: "ConfigureAwait", Parent: InvocationExpressionSyntax configured
        }
            ? configured : combiner;
        return task.Parent switch
        {
            AwaitExpressionSyntax { Parent: ExpressionStatementSyntax } => combiner.Span,
            AwaitExpressionSyntax { Parent: AwaitExpressionSyntax { Parent: ExpressionStatementSyntax } } first =>
                first.Span,
            _ => null,
        };
    }

    /// <summary>The tasks that are waited for; the statements that only hold them go to
    /// <paramref name="holders"/>.</summary>
    private static IReadOnlyList<ExpressionSyntax>? Items(
        InvocationExpressionSyntax combiner, List<StatementSyntax> holders, Finding finding)
    {
        ExpressionSyntax[] given =
            [.. combiner.ArgumentList.Arguments.Select(static argument => argument.Expression)];
        return given is [var only] ? ItemsOf(Held(only, holders, finding)) : given;
    }

    private static IReadOnlyList<ExpressionSyntax>? ItemsOf(ExpressionSyntax? list) => list switch
    {
        ArrayCreationExpressionSyntax { Initializer.Expressions: { } items } => [.. items],
        ImplicitArrayCreationExpressionSyntax { Initializer.Expressions: { } items } => [.. items],
        InitializerExpressionSyntax { Expressions: { } items } => [.. items],
        BaseObjectCreationExpressionSyntax { Initializer.Expressions: { } items } => [.. items],
        CollectionExpressionSyntax { Elements: { } elements } =>
            [.. elements.OfType<ExpressionElementSyntax>().Select(static element => element.Expression)],
        _ => null,
    };

    private static InvocationExpressionSyntax? Call(
        ExpressionSyntax item, List<StatementSyntax> holders, Finding finding)
        => Held(WithoutAsTask(item), holders, finding) is { } held
            ? WithoutAsTask(held) as InvocationExpressionSyntax : null;

    private static ExpressionSyntax WithoutAsTask(ExpressionSyntax task)
        => task is InvocationExpressionSyntax
        {
            Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "AsTask", Expression: { } inner }
        }
            ? inner : task;

    /// <summary>What a local holds that nothing else uses; anything else as it is.</summary>
    private static ExpressionSyntax? Held(ExpressionSyntax expression, List<StatementSyntax> holders, Finding finding)
    {
        if (finding.Model.GetOperation(expression) is not ILocalReferenceOperation local)
        {
            return expression;
        }

        Variable variable = Body.Of(local).Get(local.Local);
        if (variable is not { Writes: 1, References.Count: 1, Declarator.Syntax: VariableDeclaratorSyntax declared }
            || declared.Parent is not VariableDeclarationSyntax
            {
                Variables.Count: 1, Parent: LocalDeclarationStatementSyntax { Parent: BlockSyntax } statement
            })
        {
            return null;
        }

        holders.Add(statement);
        return declared.Initializer?.Value;
    }

    private static bool HasOptions(Flow flow, Finding finding)
        => EndpointCall.Read(flow.Call, finding.Known) is { HasOptions: true };
}
