namespace Zerocopy.Analyzers;

/// <summary>The ids of the rules, each documented in docs/rules.</summary>
internal static class RuleIds
{
    internal const string NeverSpliced = "ZC1001";
    internal const string BufferedStream = "ZC1002";
    internal const string AppendHandle = "ZC1003";
    internal const string CachedHandle = "ZC1004";
    internal const string DatagramSocket = "ZC1005";
    internal const string IntoItself = "ZC1006";
    internal const string PipeNotDisposed = "ZC1007";
    internal const string BoundedResultIgnored = "ZC1008";
    internal const string LateTee = "ZC1009";
    internal const string RawUnderTls = "ZC1010";
    internal const string BufferedReader = "ZC1011";
    internal const string RacingCall = "ZC1012";
    internal const string DisposedTooEarly = "ZC1013";
    internal const string BufferedFile = "ZC1014";
    internal const string SyncInAsync = "ZC1015";
    internal const string NonBlockingFlag = "ZC1016";
    internal const string OppositeTransfers = "ZC1017";
    internal const string RelayNotAwaited = "ZC1018";
    internal const string ListeningSocket = "ZC1019";
    internal const string TeedTwice = "ZC1020";
    internal const string ImpossibleValue = "ZC1021";
    internal const string ZeroCopyImpossible = "ZC1022";
    internal const string DirectionOptions = "ZC1023";
    internal const string NullEndpoint = "ZC1024";
    internal const string WrongDirection = "ZC1025";
    internal const string NotAwaited = "ZC1026";
    internal const string TruncatedRelay = "ZC1027";
    internal const string UnflushedWriter = "ZC1028";
    internal const string StreamCopy = "ZC1029";
    internal const string FrameworkConnect = "ZC1030";
}
