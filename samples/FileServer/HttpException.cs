namespace Zerocopy.Samples.FileServer;

/// <summary>A request that is answered by an error.</summary>
/// <param name="status">The status code.</param>
/// <param name="why">What the client is told, in a few words.</param>
/// <param name="header">A line that belongs to this status, such as what is allowed instead.</param>
internal sealed class HttpException(int status, string why, string? header = null) : Exception(why)
{
    internal int Status => status;

    internal string? Header => header;
}
