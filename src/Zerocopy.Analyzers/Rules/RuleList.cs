using System.Collections.Immutable;

namespace Zerocopy.Analyzers;

/// <summary>Every rule, by id.</summary>
internal static class RuleList
{
    internal static ImmutableArray<Rule> All { get; } = ImmutableArray.Create<Rule>(
        new NeverSplicedRule(),
        new BufferedStreamRule(),
        new AppendHandleRule(),
        new CachedHandleRule(),
        new DatagramSocketRule(),
        new IntoItselfRule(),
        new PipeNotDisposedRule(),
        new BoundedResultIgnoredRule(),
        new LateTeeRule(),
        new RawUnderTlsRule(),
        new BufferedReaderRule(),
        new RacingCallRule(),
        new DisposedTooEarlyRule(),
        new BufferedFileRule(),
        new SyncInAsyncRule(),
        new NonBlockingFlagRule(),
        new OppositeTransfersRule(),
        new RelayNotAwaitedRule(),
        new ListeningSocketRule(),
        new TeedTwiceRule(),
        new ImpossibleValueRule(),
        new ZeroCopyImpossibleRule(),
        new DirectionOptionsRule(),
        new NullEndpointRule(),
        new WrongDirectionRule(),
        new NotAwaitedRule(),
        new TruncatedRelayRule(),
        new UnflushedWriterRule(),
        new StreamCopyRule(),
        new FrameworkConnectRule());
}
