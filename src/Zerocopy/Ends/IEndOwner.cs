namespace Zerocopy;

/// <summary>Whoever runs flows between ends: an operation, which is posted, or a sync transfer, which waits.</summary>
internal interface IEndOwner
{
    IKernel? Kernel { get; }

    /// <summary>What its flows share with others, pipes among it.</summary>
    MoveResources Resources { get; }

    /// <summary>Who is posted; null in a sync transfer.</summary>
    FlowRunner? Operation { get; }

    /// <summary>Cancels what streams are still doing.</summary>
    CancellationToken StreamCancellation { get; }

    /// <summary>Called on any thread when an end may be ready that is no descriptor.</summary>
    Action Wake { get; }

    /// <summary>Leases what can be leased.</summary>
    void EnterEnds();

    void ExitEnds();
}
