using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Zerocopy.Analyzers;

/// <summary>Two calls that run at the same time and move bytes between the same two ends, one each way: a relay that
/// was written by hand.</summary>
internal sealed class BothWays
{
    private const int DepthMax = 8;

    private BothWays(Flow there, Flow back, IInvocationOperation? combiner, HashSet<ISymbol> holders)
    {
        There = there;
        Back = back;
        Combiner = combiner;
        Holders = holders;
    }

    /// <summary>The one that is written first.</summary>
    internal Flow There { get; }

    internal Flow Back { get; }

    /// <summary>The <c>Task.WhenAll</c>, <c>WhenAny</c> and the like that is given both; null if none is.</summary>
    internal IInvocationOperation? Combiner { get; }

    /// <summary>The variables through which it is given them.</summary>
    private HashSet<ISymbol> Holders { get; }

    /// <summary>Whether the method goes on as soon as one of the two has ended, and nobody looks after the
    /// other.</summary>
    internal bool IsTruncated
        => Combiner is { TargetMethod.Name: "WhenAny" or "WaitAny" } any
            && Holders.All(holder => !IsAskedAgain(holder, any)
                && Body.Of(any).Get(holder).References.TrueForAll(reference => IsNoWait(reference, any)));

    internal bool IsAll => Combiner is { TargetMethod.Name: "WhenAll" };

    /// <param name="back">The second of the two.</param>
    /// <param name="known">The types.</param>
    /// <param name="read">What takes a call for such a one.</param>
    /// <returns>Null if no call before this one is its opposite.</returns>
    internal static BothWays? Of(Flow? back, KnownSymbols known, Func<IInvocationOperation, KnownSymbols, Flow?> read)
    {
        if (back is null
            || Identity.Of(back.Source, known) is not { } source
            || Identity.Of(back.Destination, known) is not { } destination
            || KnownSymbols.Same(source, destination)
            || !IsBeside(back, back, known))
        {
            return null;
        }

        HashSet<ISymbol> holders = new(SymbolEqualityComparer.Default);
        IInvocationOperation? combiner = CombinerOf(back.Call, known, holders);
        foreach (IInvocationOperation call in Body.Of(back.Call).Root.Descendants().OfType<IInvocationOperation>())
        {
            if (call.Syntax.SpanStart < back.Call.Syntax.SpanStart
                && read(call, known) is { } there
                && KnownSymbols.Same(source, Identity.Of(there.Destination, known))
                && KnownSymbols.Same(destination, Identity.Of(there.Source, known))
                && RunsBeside(there, back, combiner, known, holders))
            {
                return new BothWays(there, back, combiner, holders);
            }
        }

        return null;
    }

    private static bool RunsBeside(
        Flow there, Flow back, IInvocationOperation? combiner, KnownSymbols known, HashSet<ISymbol> holders)
        => combiner is not null ? CombinerOf(there.Call, known, holders) == combiner
            : Body.FunctionOf(there.Call) == Body.FunctionOf(back.Call) && IsBeside(there, back, known);

    // What was awaited before has ended before the next one begins.
    private static bool IsBeside(Flow there, Flow back, KnownSymbols known)
    {
        Fate fate = Fate.Of(there.Call, known);
        return fate.Holder is null
            ? fate.Kind != FateKind.Awaited || fate.IsHandedOn
            : Body.Of(there.Call).Get(fate.Holder).References.TrueForAll(
                reference => Fate.IsGlance(reference) || reference.Syntax.SpanStart > back.Call.Syntax.SpanStart
                    || there == back);
    }

    private bool IsNoWait(IOperation reference, IOperation any)
        => Fate.IsGlance(reference)
            || Fate.IsQuestion(reference)
            || any.Syntax.Span.Contains(reference.Syntax.Span)
            || IsAfterCancel(reference, any)
            || (Tasks.HolderOf(Tasks.Outermost(reference)) is { } other && Holders.Contains(other));

    // A loop that waits for one after the other.
    private static bool IsAskedAgain(ISymbol holder, IOperation any)
    {
        IOperation? parent = any.Parent;
        while (parent is not (null or ILoopOperation))
        {
            parent = parent.Parent;
        }

        return parent is not null
            && Body.Of(any).Get(holder).Declarator is { } declarator
            && !parent.Syntax.Span.Contains(declarator.Syntax.Span);
    }

    // The other direction is waited for, but what it has not moved yet is lost all the same.
    private static bool IsAfterCancel(IOperation reference, IOperation any)
        => Body.Of(any).Root.Descendants().Any(
            operation => operation is IInvocationOperation { TargetMethod.Name: "Cancel" or "CancelAsync" }
                && operation.Syntax.SpanStart > any.Syntax.Span.End
                && operation.Syntax.Span.End < reference.Syntax.SpanStart);

    private static IInvocationOperation? CombinerOf(
        IOperation call, KnownSymbols known, HashSet<ISymbol> holders, int depth = 0)
    {
        IOperation task = Tasks.Outermost(call);
        while (Tasks.RunOf(task, known) is { } run)
        {
            task = Tasks.Outermost(run);
        }

        if (Tasks.CombinerOver(task, known) is { } over)
        {
            return over;
        }

        if (depth > DepthMax || Tasks.HolderOf(task) is not { } holder)
        {
            return null;
        }

        foreach (IOperation reference in Body.Of(task).Get(holder).References)
        {
            if (!Fate.IsGlance(reference) && CombinerOf(reference, known, holders, depth + 1) is { } combiner)
            {
                holders.Add(holder);
                return combiner;
            }
        }

        return null;
    }
}
