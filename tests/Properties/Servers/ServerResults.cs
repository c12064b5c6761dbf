// Every result that a call of the server may legally have, and every way in which a connection may end.
namespace Zerocopy.Properties.Servers;

internal static class ServerResults
{
    internal static readonly string[] s_all = ["accept: a connection"];
}
