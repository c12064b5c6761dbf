namespace Zerocopy.Bench.Load.Children;

/// <summary>A process of a measurement. It gets commands on standard input, one a line, and answers each with one
/// line on standard output. The end of its input, which is also the death of its parent, ends it.</summary>
internal static class ChildProgram
{
    /// <summary>The first argument of such a process.</summary>
    internal const string Verb = "child";

    internal static int Run(ReadOnlySpan<string> args)
    {
        (string ready, Func<string[], string> answer) = args switch
        {
            ["relay", string kind, string listen, string connect] => RelayChild.Start(kind, listen, connect),
            ["sender"] => SenderChild.Start(),
            ["receiver", string unixPath, string address] => ReceiverChild.Start(unixPath, address),
            ["mover", string kind, string storePath] => MoverChild.Start(kind, storePath),
            _ => throw new ArgumentException(
                "child relay KIND LISTEN CONNECT | child sender | child receiver PATH ADDRESS | child mover KIND PATH"),
        };
        Console.WriteLine(ready);
        while (Console.ReadLine() is { } line)
        {
            Console.WriteLine(Answer(answer, line));
        }

        return 0;
    }

    private static string Answer(Func<string[], string> answer, string line)
    {
        try
        {
            return answer(line.Split(' '));
        }
        catch (Exception e) // Whatever went wrong: the parent reports it with the cell it happened in, and stops.
        {
            return $"error {line.Split(' ')[0]}: {e.GetType().Name}: {e.Message.ReplaceLineEndings(" ")}";
        }
    }
}
