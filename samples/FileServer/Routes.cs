namespace Zerocopy.Samples.FileServer;

/// <summary>Who answers what.</summary>
internal static class Routes
{
    private const string Run = "run";

    /// <exception cref="HttpException">The request is answered by an error.</exception>
    internal static void Answer(Exchange exchange)
    {
        ServerOptions options = exchange.Options;
        RequestHead request = exchange.Request;
        string[] segments = request.Path.Segments;
        if (options.Commands.Count > 0 && segments is [Run, ..])
        {
            string command = segments is [_, { } name] && options.Commands.TryGetValue(name, out string? known)
                ? known : throw WebRoot.NotFound();
            _ = request.Method == "PUT" ? throw HeadParser.NotAllowed(request.Method, allowsPut: false) : true;
            RunRoute.AnswerAsync(exchange, command).GetAwaiter().GetResult(); // The thread is this connection's own.
        }
        else if (request.Method == "PUT")
        {
            UploadRoute.Answer(exchange);
        }
        else
        {
            FileRoute.Answer(exchange);
        }
    }
}
