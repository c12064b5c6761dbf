using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Zerocopy;

/// <summary>An endpoint whose kind has been judged.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Handle">The handle of its descriptor; null for a stream.</param>
/// <param name="Socket">The socket whose handle that is, if one was given.</param>
/// <param name="Stream">The stream that was given, also when it is seen through to its socket.</param>
/// <param name="CanSplice">Its descriptor does not block, which splice needs.</param>
/// <param name="WakesOnDispose">Disposing it disconnects it, so a lease may be held while parked.</param>
internal readonly record struct Endpoint(
    EndpointKind Kind, SafeHandle? Handle, Socket? Socket, Stream? Stream, bool CanSplice, bool WakesOnDispose);
