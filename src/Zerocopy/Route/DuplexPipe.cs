using System.IO.Pipelines;

namespace Zerocopy;

/// <summary>A duplex pipe that was passed as such: the object behind the interface may be a stream as well.</summary>
internal sealed class DuplexPipe(IDuplexPipe pipe)
{
    /// <summary>Asks the program's object for both, each once.</summary>
    /// <exception cref="ArgumentException">It has not both.</exception>
    internal (PipeReader Input, PipeWriter Output) Ends(string parameter)
        => (pipe.Input ?? throw ThrowHelper.Argument(parameter, "a duplex pipe without an Input"),
            pipe.Output ?? throw ThrowHelper.Argument(parameter, "a duplex pipe without an Output"));
}
