namespace Acornima;

internal sealed partial class Lexer
{
    private void ReadPunctuator(char c)
    {
        var next = CharAt(_pos + 1);
        switch (c)
        {
            case '{':
                Accept(TT.BraceL, 1);
                break;
            case '}':
                Accept(TT.BraceR, 1);
                break;
            case '(':
                Accept(TT.ParenL, 1);
                break;
            case ')':
                Accept(TT.ParenR, 1);
                break;
            case '[':
                Accept(TT.BracketL, 1);
                break;
            case ']':
                Accept(TT.BracketR, 1);
                break;
            case ';':
                Accept(TT.Semicolon, 1);
                break;
            case ',':
                Accept(TT.Comma, 1);
                break;
            case ':':
                Accept(TT.Colon, 1);
                break;
            case '~':
                Accept(TT.Tilde, 1);
                break;
            case '@':
                Accept(TT.At, 1);
                break;
            case '`':
                Accept(TT.BackQuote, 1);
                break;
            case '.':
                if (next == '.' && CharAt(_pos + 2) == '.')
                {
                    Accept(TT.Ellipsis, 3);
                }
                else
                {
                    Accept(TT.Dot, 1);
                }

                break;
            case '?':
                ReadQuestion(next);
                break;
            case '=':
                if (next == '=')
                {
                    AcceptLonger('=', TT.Equal, TT.StrictEqual, 2);
                }
                else if (next == '>')
                {
                    Accept(TT.Arrow, 2);
                }
                else
                {
                    Accept(TT.Assign, 1);
                }

                break;
            case '!':
                if (next == '=')
                {
                    AcceptLonger('=', TT.NotEqual, TT.StrictNotEqual, 2);
                }
                else
                {
                    Accept(TT.Not, 1);
                }

                break;
            case '+':
                AcceptRepeated(next, c, TT.Plus, TT.Increment, TT.PlusAssign);
                break;
            case '-':
                AcceptRepeated(next, c, TT.Minus, TT.Decrement, TT.MinusAssign);
                break;
            case '*':
                if (next == '*')
                {
                    AcceptLonger('=', TT.StarStar, TT.StarStarAssign, 2);
                }
                else
                {
                    AcceptLonger('=', TT.Star, TT.StarAssign, 1);
                }

                break;
            case '/':
                AcceptLonger('=', TT.Slash, TT.SlashAssign, 1);
                break;
            case '%':
                AcceptLonger('=', TT.Percent, TT.PercentAssign, 1);
                break;
            case '^':
                AcceptLonger('=', TT.Xor, TT.XorAssign, 1);
                break;
            case '&':
                if (next == '&')
                {
                    AcceptLonger('=', TT.LogicalAnd, TT.LogicalAndAssign, 2);
                }
                else
                {
                    AcceptLonger('=', TT.And, TT.AndAssign, 1);
                }

                break;
            case '|':
                if (next == '|')
                {
                    AcceptLonger('=', TT.LogicalOr, TT.LogicalOrAssign, 2);
                }
                else
                {
                    AcceptLonger('=', TT.Or, TT.OrAssign, 1);
                }

                break;
            case '<':
                if (next == '<')
                {
                    AcceptLonger('=', TT.ShiftLeft, TT.ShiftLeftAssign, 2);
                }
                else
                {
                    AcceptLonger('=', TT.Less, TT.LessEqual, 1);
                }

                break;
            case '>':
                ReadGreater(next);
                break;
            default:
                Raise(_pos, Messages.InvalidToken);
                break;
        }
    }

    private void ReadQuestion(char next)
    {
        if (next == '?')
        {
            AcceptLonger('=', TT.Nullish, TT.NullishAssign, 2);
        }
        else if (next == '.' && CharAt(_pos + 2) is not (>= '0' and <= '9'))
        {
            Accept(TT.QuestionDot, 2);
        }
        else
        {
            Accept(TT.Question, 1);
        }
    }

    private void ReadGreater(char next)
    {
        if (next != '>')
        {
            AcceptLonger('=', TT.Greater, TT.GreaterEqual, 1);
        }
        else if (CharAt(_pos + 2) == '>')
        {
            AcceptLonger('=', TT.ShiftRightUnsigned, TT.ShiftRightUnsignedAssign, 3);
        }
        else
        {
            AcceptLonger('=', TT.ShiftRight, TT.ShiftRightAssign, 2);
        }
    }

    private void Accept(TT type, int length)
    {
        Type = type;
        _pos += length;
    }

    private void AcceptLonger(char last, TT type, TT longer, int length)
    {
        if (CharAt(_pos + length) == last)
        {
            Accept(longer, length + 1);
        }
        else
        {
            Accept(type, length);
        }
    }

    private void AcceptRepeated(char next, char c, TT type, TT repeated, TT assignment)
    {
        if (next == c)
        {
            Accept(repeated, 2);
        }
        else if (next == '=')
        {
            Accept(assignment, 2);
        }
        else
        {
            Accept(type, 1);
        }
    }
}
