using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Zerocopy.Analyzers;

/// <summary>Who looks after what a call has started.</summary>
internal enum FateKind
{
    /// <summary>Somebody may.</summary>
    Kept,

    /// <summary>The method itself waits for it.</summary>
    Awaited,

    /// <summary>A statement of its own: nobody.</summary>
    Dropped,

    /// <summary>Given to <c>_</c>: nobody, and that is meant.</summary>
    Discarded,

    /// <summary>In a local variable that nobody looks at.</summary>
    Forgotten,

    /// <summary>In a field, for whoever comes later.</summary>
    Stored,

    /// <summary>The method's caller has it.</summary>
    Returned,
}

/// <summary>What becomes of the task of a call, seen through <c>AsTask()</c>, <c>Task.Run</c>, <c>Task.WhenAll</c>,
/// continuations, locals and collections.</summary>
internal readonly struct Fate
{
    private const int DepthMax = 8;

    private Fate(FateKind kind, IOperation start, bool isHandedOn, ILocalSymbol? holder = null)
    {
        Kind = kind;
        Start = start;
        IsHandedOn = isHandedOn;
        Holder = holder;
    }

    internal FateKind Kind { get; }

    /// <summary>The whole expression that starts it.</summary>
    internal IOperation Start { get; }

    /// <summary>True: its task is not what the call returned, but one of <c>Task.Run</c> and the like.</summary>
    internal bool IsHandedOn { get; }

    /// <summary>The local that it is in, or in whose collection.</summary>
    internal ILocalSymbol? Holder { get; }

    internal static Fate Of(IOperation call, KnownSymbols known)
    {
        IOperation start = call;
        bool isHandedOn = false;
        while (true)
        {
            IOperation? next = Form(start, known);
            isHandedOn |= next is IInvocationOperation
            {
                TargetMethod.Name: not ("AsTask" or "ConfigureAwait" or "Preserve")
            };
            if (next is null && Tasks.RunOf(start, known) is { } run)
            {
                next = run;
                isHandedOn = true;
            }

            if (next is null)
            {
                break;
            }

            start = next;
        }

        return Tasks.HolderOf(start) is { } holder
            ? new Fate(OfHolder(start, holder, known, 0), start, isHandedOn, holder)
            : new Fate(OfExpression(start), start, isHandedOn);
    }

    /// <summary>A reference to a holder that looks after nothing.</summary>
    internal static bool IsGlance(IOperation reference) => reference.Parent switch
    {
        IConversionOperation { OperatorMethod: null } conversion => IsGlance(conversion),
        ISimpleAssignmentOperation assignment => assignment.Target == reference,
        IPropertyReferenceOperation { Property.Name: "Progress" or "Count" } => true,
        IArrayElementReferenceOperation { Parent: ISimpleAssignmentOperation assignment } element =>
            assignment.Target == element,
        var parent => Tasks.IsAdd(parent),
    };

    /// <summary>A reference that only asks how a task is, or which one it is.</summary>
    internal static bool IsQuestion(IOperation reference) => reference.Parent switch
    {
        IConversionOperation { OperatorMethod: null } conversion => IsQuestion(conversion),
        IPropertyReferenceOperation { Property.Name: { } name } =>
            name is "IsCompleted" or "IsFaulted" or "IsCanceled" or "Status" or "Exception",
        IBinaryOperation => true,
        _ => false,
    };

    private static FateKind OfExpression(IOperation task) => task.Parent switch
    {
        IAwaitOperation => FateKind.Awaited,
        IExpressionStatementOperation => FateKind.Dropped,
        IReturnOperation { Kind: OperationKind.Return } => FateKind.Returned,
        ISimpleAssignmentOperation { Target: IDiscardOperation } => FateKind.Discarded,
        ISimpleAssignmentOperation assignment when assignment.Value == task => FateKind.Stored,
        IArgumentOperation { Parent: { } call } when Tasks.IsAdd(call) => FateKind.Stored,
        _ => FateKind.Kept,
    };

    private static FateKind OfHolder(IOperation task, ILocalSymbol holder, KnownSymbols known, int depth)
    {
        Variable variable = Body.Of(task).Get(holder);
        if (depth > DepthMax || (variable.Declarator is { } declarator && Locals.IsUsing(declarator)))
        {
            return FateKind.Kept;
        }

        FateKind kind = FateKind.Forgotten;
        foreach (IOperation reference in variable.References)
        {
            if (IsGlance(reference))
            {
                continue;
            }

            FateKind one = OfReference(reference, known, depth);
            bool isLost = one is FateKind.Dropped or FateKind.Discarded or FateKind.Forgotten;
            kind = isLost || kind == one ? kind : kind == FateKind.Forgotten ? one : FateKind.Kept;
        }

        return kind;
    }

    private static FateKind OfReference(IOperation reference, KnownSymbols known, int depth)
    {
        IOperation task = reference;
        while (Form(task, known) is { } form)
        {
            task = form;
        }

        return Tasks.HolderOf(task) is { } other ? OfHolder(task, other, known, depth + 1) : OfExpression(task);
    }

    /// <summary>What stands for the same end: the task's other forms, and what waits for it among others.</summary>
    private static IOperation? Form(IOperation task, KnownSymbols known) => task.Parent switch
    {
        IInvocationOperation
        {
            TargetMethod.Name: "AsTask" or "ConfigureAwait" or "Preserve" or "ContinueWith" or "WaitAsync"
        } form
            when form.Instance == task => form,
        IConversionOperation { OperatorMethod: null } conversion => conversion,
        IPropertyReferenceOperation { Property: { Name: "Completion" } property } completion
            when KnownSymbols.Same(property.ContainingType, known.Relay) => completion,
        _ => Tasks.CombinerOver(task, known),
    };
}
