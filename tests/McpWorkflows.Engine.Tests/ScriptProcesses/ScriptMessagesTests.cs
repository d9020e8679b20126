using System.Collections;
using System.Reflection;
using System.Text.Json;
using McpWorkflows.Engine.Scripting;
using McpWorkflows.Engine.ScriptProcesses.Messages;

namespace McpWorkflows.Engine.Tests.ScriptProcesses;

/// <summary>Whoever adds a message, or a property to one, is told here to add it to the wire.</summary>
public sealed class ScriptMessagesTests
{
    public static TheoryData<Type> Inputs => [.. KindsOf(typeof(ScriptInput))];

    public static TheoryData<Type> Outputs => [.. KindsOf(typeof(ScriptOutput))];

    public static TheoryData<Type> Settlements => [.. KindsOf(typeof(Settlement))];

    [Theory]
    [MemberData(nameof(Inputs))]
    public void Input_EveryProperty_CrossesTheWire(Type type) => AssertCrosses(type, ScriptMessages.Inputs);

    [Theory]
    [MemberData(nameof(Outputs))]
    public void Output_EveryProperty_CrossesTheWire(Type type) => AssertCrosses(type, ScriptMessages.Outputs);

    [Theory]
    [MemberData(nameof(Settlements))]
    public void Settlement_EveryProperty_CrossesTheWire(Type type) => AssertCrosses(type, ScriptMessages.Settlements);

    [Fact]
    public void Text_WithHalfASurrogatePair_Survives()
    {
        var read = (Logged)Cross(ScriptMessages.Outputs, new Logged("log", "a\ud800b\0c"));
        Assert.Equal("a\ud800b\0c", read.Text);
    }

    [Fact]
    public void Frame_CutAnywhere_IsAFault()
    {
        var writer = new WireWriter();
        ScriptMessages.Outputs.Write(writer, (ScriptOutput)Sample(typeof(AgentRequested), 1));
        var payload = writer.ToFrame(FrameKind.Outputs, 1)[Frame.HeaderBytes..];
        for (var length = 0; length < payload.Length; length++)
        {
            var cut = payload[..length];
            Assert.Throws<FrameFaultException>(() => ScriptMessages.Outputs.Read(new WireReader(cut)));
        }
    }

    [Fact]
    public void Frame_OfImpossibleLength_IsAFault()
    {
        Assert.Throws<FrameFaultException>(() => Frame.Read(new MemoryStream([255, 255, 255, 127, 0, 0, 0, 0, 11]), 1_000));
        Assert.Throws<FrameFaultException>(() => Frame.Read(new MemoryStream([255, 255, 255, 255, 0, 0, 0, 0, 11]), 1_000));
        Assert.Null(Frame.Read(new MemoryStream([1, 0, 0, 0]), 1_000));
    }

    [Fact]
    public void Frame_TooLarge_IsRefusedByTheWriter()
    {
        var writer = new WireWriter(maxBytes: 1_000);
        Assert.Throws<FrameTooLargeException>(() => writer.Text(new string('x', 600)));
    }

    private static IEnumerable<Type> KindsOf(Type family) =>
        family.Assembly.GetTypes().Where(type => type.IsSubclassOf(family) && !type.IsAbstract);

    private static void AssertCrosses<T>(Type type, MessageTable<T> table)
        where T : class
    {
        Assert.True(table.Types.Contains(type), $"{type.Name} has no encoding: add it to {nameof(ScriptMessages)}.");

        // Twice: with everything set, and with nothing that need not be.
        foreach (var depth in new[] { 1, 2 })
        {
            var sample = (T)Sample(type, depth);
            Assert.Equal(Json(sample), Json(Cross(table, sample)));
        }
    }

    private static T Cross<T>(MessageTable<T> table, T message)
        where T : class
    {
        var writer = new WireWriter();
        table.Write(writer, message);
        var reader = new WireReader(writer.ToFrame(FrameKind.Turn, 7)[Frame.HeaderBytes..]);
        var read = table.Read(reader);
        Assert.True(reader.IsAtEnd);
        return read;
    }

    private static string Json(object value) => JsonSerializer.Serialize(value, value.GetType());

    /// <summary>A record with a value of its own in every property; nullable ones stay empty in the second kind.</summary>
    private static object Sample(Type type, int kind)
    {
        var number = 40;
        return Make(type);

        object Make(Type what)
        {
            number++;
            if (what == typeof(string))
                return $"text {number}";
            if (what == typeof(int))
                return number;
            if (what == typeof(long))
                return (long)number << 33;
            if (what == typeof(double))
                return number + 0.5;
            if (what == typeof(bool))
                return true;
            if (what == typeof(TimeSpan))
                return TimeSpan.FromMilliseconds(number);
            if (what == typeof(DateTimeOffset))
                return new DateTimeOffset(2026, 1, 2, 3, 4, number, TimeSpan.FromHours(1));
            if (what.IsGenericType && typeof(IEnumerable).IsAssignableFrom(what))
            {
                var list = Array.CreateInstance(what.GetGenericArguments()[0], 2);
                list.SetValue(Make(what.GetGenericArguments()[0]), 0);
                list.SetValue(Make(what.GetGenericArguments()[0]), 1);
                return list;
            }

            if (what.IsAbstract)
                return Make(KindsOf(what).First());

            var constructor = what.GetConstructors().OrderByDescending(candidate => candidate.GetParameters().Length).First();
            var made = constructor.Invoke([.. constructor.GetParameters().Select(parameter => Value(parameter.ParameterType, new NullabilityInfoContext().Create(parameter)))]);
            foreach (var property in what.GetProperties().Where(property => property.CanWrite))
                property.SetValue(made, Value(property.PropertyType, new NullabilityInfoContext().Create(property)));
            return made;
        }

        object? Value(Type what, NullabilityInfo info) =>
            info.ReadState == NullabilityState.Nullable && kind == 2 ? null : Make(Nullable.GetUnderlyingType(what) ?? what);
    }
}
