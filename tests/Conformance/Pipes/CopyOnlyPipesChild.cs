// Runs whole classes of tests again, in a process where pipes are queues in memory. Nothing here may touch
// Zerocopy.Sys itself.
using System.Diagnostics;
using System.Reflection;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;
using Zerocopy.Conformance.Harness;
using Zerocopy.Conformance.Meta;

namespace Zerocopy.Conformance.Pipes;

internal sealed class CopyOnlyPipesChild : IChild
{
    private int _failures;

    public int Run(string[] args)
    {
        AppContext.SetSwitch("Zerocopy.CopyOnly", true);
        AppDomain.CurrentDomain.AssemblyLoad += (_, load) =>
        {
            // Without a caller it is the runtime's compiler, which looks at what it compiles again.
            StackTrace caller = new(skipFrames: 1);
            if (load.LoadedAssembly.GetName().Name == "Zerocopy.Sys" && caller.FrameCount > 0)
            {
                Fail("Zerocopy.Sys was loaded", caller);
            }
        };
        using (Pipe pipe = Pipe.Create())
        {
            Assert.False(pipe.IsKernelPipe);
        }

        Type type = Assembly.GetExecutingAssembly().GetType(args[0], throwOnError: true)!;
        int tests = RunAll(type).GetAwaiter().GetResult();
        Console.WriteLine(tests);
        return _failures;
    }

    private void Fail(string what, object why)
    {
        _failures++;
        Console.Error.WriteLine($"{what}: {why}"); // At once: what comes next may hang.
    }

    private async Task<int> RunAll(Type type)
    {
        int tests = 0;
        foreach (MethodInfo method in type.GetMethods())
        {
            if (method.GetCustomAttribute<FactAttribute>() is null // A theory is one too.
                || method.GetCustomAttribute<KernelOnlyAttribute>() is not null)
            {
                continue;
            }

            await foreach (object?[] row in Rows(method))
            {
                await RunOne(type, method, row);
                tests++;
            }
        }

        return tests;
    }

    private static async IAsyncEnumerable<object?[]> Rows(MethodInfo method)
    {
        DataAttribute[] sources = [.. method.GetCustomAttributes().OfType<DataAttribute>()];
        if (sources.Length == 0)
        {
            yield return [];
        }

        await using DisposalTracker tracker = new();
        foreach (DataAttribute source in sources)
        {
            foreach (ITheoryDataRow row in await source.GetData(method, tracker))
            {
                yield return row.GetData();
            }
        }
    }

    private async Task RunOne(Type type, MethodInfo method, object?[] row)
    {
        string name = $"{method.Name}({string.Join(", ", row)})";
        object test = Activator.CreateInstance(type)!;
        try
        {
            if (method.Invoke(test, row) is Task task)
            {
                await task.Within(name, 10_000);
            }
        }
        catch (Exception e)
        {
            Fail(name, e);
        }
        finally
        {
            (test as IDisposable)?.Dispose();
        }
    }
}
