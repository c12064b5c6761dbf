// One test: a fact, or one row of a theory.
using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;

namespace Zerocopy.Native;

internal sealed class Case(Type type, MethodInfo method, object?[] row)
{
    private const string Namespace = "Zerocopy.Conformance.";

    internal MethodInfo Method => method;

    internal int TimeoutMs => method.GetCustomAttribute<FactAttribute>()!.Timeout;

    /// <summary>The class, in a namespace of its own: the same test may be skipped here and not there.</summary>
    internal string Type { get; } = TypeName(type);

    internal string FullMethod => $"{Type}.{method.Name}";

    internal string Name => row.Length == 0 ? FullMethod : $"{FullMethod}({string.Join(
        ", ", method.GetParameters().Zip(row, (parameter, value) => string.Create(
            CultureInfo.InvariantCulture, $"{parameter.Name}: {value ?? "null"}")))})";

    internal static bool IsTest(MethodInfo method)
        => method.GetCustomAttribute<FactAttribute>() is not null; // A theory is one too.

    internal static string TypeName(Type type)
        => $"Zerocopy.Native.{RuntimeInformation.ProcessArchitecture}.{type.FullName![Namespace.Length..]}";

    /// <summary>Every test of a class, in order of declaration.</summary>
    internal static async Task<List<Case>> Of(Type type, DisposalTracker tracker)
    {
        List<Case> cases = [];
        foreach (MethodInfo method in type.GetMethods())
        {
            if (!IsTest(method))
            {
                continue;
            }

            DataAttribute[] sources = [.. method.GetCustomAttributes().OfType<DataAttribute>()];
            if (sources.Length == 0)
            {
                cases.Add(new Case(type, method, []));
            }

            foreach (DataAttribute source in sources)
            {
                if (source is MemberDataAttribute { MemberType: null } member)
                {
                    member.MemberType = type; // xunit's own discovery does so, and without it there is no row.
                }

                IReadOnlyCollection<ITheoryDataRow> rows = await source.GetData(method, tracker);
                if (rows.Count == 0)
                {
                    throw new InvalidOperationException($"{type}.{method.Name} has no row");
                }

                cases.AddRange(rows.Select(data => new Case(type, method, data.GetData())));
            }
        }

        return cases;
    }

    internal async Task Run()
    {
        object? instance = method.IsStatic ? null : Activator.CreateInstance(type);
        try
        {
            object? returned = method.Invoke(
                instance, BindingFlags.DoNotWrapExceptions, binder: null, Complete(), CultureInfo.InvariantCulture);
            await (returned switch
            {
                Task task => task,
                ValueTask task => task.AsTask(),
                _ => Task.CompletedTask,
            });
        }
        finally
        {
            if (instance is IAsyncDisposable later)
            {
                await later.DisposeAsync();
            }
            else
            {
                (instance as IDisposable)?.Dispose();
            }
        }
    }

    // An optional parameter may be missing from the row.
    private object?[] Complete()
        => [.. row, .. method.GetParameters().Skip(row.Length).Select(parameter => parameter.DefaultValue)];
}
