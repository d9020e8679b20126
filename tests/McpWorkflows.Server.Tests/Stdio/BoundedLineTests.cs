using System.Text;
using McpWorkflows.Server.Stdio;

namespace McpWorkflows.Server.Tests.Stdio;

public class BoundedLineTests
{
    [Theory]
    [InlineData("""{"jsonrpc":"2.0","id":7,"method":"m","params":{"x":"@"}}""", "7")]
    [InlineData("""{"id":"seven","method":"m","params":{"x":"@"},"jsonrpc":"2.0"}""", "seven")]
    [InlineData("""{"jsonrpc":"2.0","method":"tools/call","id":7,"params":{"x":"@"}}""", "7")]
    [InlineData("""{"method":"m","params":{"x":"@"},"jsonrpc":"2.0","id":7}""", "7")]
    [InlineData("""{"method":"m","params":{"x":"@","id":8},"jsonrpc":"2.0","id":7} """, "7")]
    [InlineData("""{"method":"m","params":{"x":"@","id":8}}""", null)]
    [InlineData("""{"method":"m","params":{"x":"@,\"id\":8}"}}""", null)]
    [InlineData("@", null)]
    public void RequestId_OfALine_IsFoundHoweverLongItIs(string text, string? expected)
    {
        foreach (var length in new[] { 10, 600, 5_000, 200_000 })
        {
            foreach (var part in new[] { 1_000, 65_536 })
            {
                var line = new BoundedLine(4_000);
                var bytes = Encoding.UTF8.GetBytes(text.Replace("@", new string('x', length), StringComparison.Ordinal));
                foreach (var chunk in bytes.Chunk(part))
                    line.Append(chunk);

                Assert.Equal(bytes.Length, line.Length);
                Assert.Equal(bytes.Length > 4_000, line.IsTooLong);
                Assert.Equal(expected, line.RequestId()?.ToString());
                line.Clear();
                Assert.False(line.IsTooLong);
            }
        }
    }

    [Fact]
    public void RequestId_BehindDeepNesting_IsFound()
    {
        var line = new BoundedLine(100_000);
        line.Append(Encoding.UTF8.GetBytes($"{{\"method\":\"m\",\"params\":{new string('[', 20_000)}{new string(']', 20_000)},\"id\":9}}"));

        Assert.Equal("9", line.RequestId()?.ToString());
    }
}
