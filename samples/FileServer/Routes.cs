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
            RequireMethod(request, mayPut: false);
            RunRoute.AnswerAsync(exchange, command).GetAwaiter().GetResult(); // The thread is this connection's own.
            return;
        }

        RequireMethod(request, options.AllowPut);
        if (request.Method == "PUT")
        {
            UploadRoute.Answer(exchange);
        }
        else
        {
            FileRoute.Answer(exchange);
        }
    }

    private static void RequireMethod(RequestHead request, bool mayPut)
    {
        bool isServed = request.Method is "GET" or "HEAD" || (mayPut && request.Method == "PUT");
        _ = isServed ? true : throw new HttpException(
            405, $"no {request.Method} here", mayPut ? "Allow: GET, HEAD, PUT" : "Allow: GET, HEAD");
    }
}
