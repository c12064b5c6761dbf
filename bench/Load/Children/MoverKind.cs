namespace Zerocopy.Bench.Load.Children;

internal static class MoverKind
{
    internal const string Zerocopy = "zerocopy";
    internal const string StreamCopy = "streamcopy";
    internal const string SendFile = "sendfileasync";
    internal const string FileCopy = "filecopy";
    internal const string Go = "go";
}
