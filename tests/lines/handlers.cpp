/* Several handlers, locals with destructors: what the compiler adds at their ends is no run of these lines. */
#include <stdexcept>
#include <string>
static int sink;

struct Guard {
    ~Guard() { sink++; } // = 161
};

static void mayThrow(int I) // = 90
{
    Guard G;
    if (I % 3 == 0) // = 90
        throw std::runtime_error("a"); // = 30
    if (I % 3 == 1) // = 60
        throw I; // = 30
    if (I == 5) // = 30
        throw std::string("x"); // = 3
}

static bool catches(int I) // = 30
{
    Guard One;
    try {
        Guard Two;
        mayThrow(I); // = 30
    } catch (const std::exception &E) { // = 21
        sink += E.what()[0]; // = 10
        return true; // = 10
    } catch (int V) { // = 10
        sink += V; // = 10
    } catch (...) { // = 10
        Guard Three;
        sink--; // = 1
    } // = 1
    return false; // = 20
}

static void catchesBelow(int I) // = 30
{
    try
    {
        mayThrow(I); // = 30
    }
    catch (const std::exception &) // = 10
    {
    }
    catch (int V) // = 10
    {
        sink += V; // = 10
    }
    catch (...) // = 1
    {
        sink--; // = 1
    }
}

static int all(int I) // = 30
try {
    mayThrow(I); // = 30
    return 1; // = 9
}
catch (...) // = 21
{
    return 0; // = 21
}

struct Self {
    Self &constant(int *P)
    {
        Guard G;
        ++*P; // = 5
        return *this; // = 5
    }
    int number()
    {
        Guard G;
        return 7; // = 5
    }
};

static int passesOn(int I) // = 5
{
    if (I < 0) // = 5
        throw std::string("negative"); // = 0
    return I; // = 5
} // = -

int main()
{
    int Sum = 0; // = 1
    for (int I = 0; I < 30; I++) // = 31
        Sum += catches(I); // = 30
    for (int I = 0; I < 30; I++) // = 31
        catchesBelow(I); // = 30
    for (int I = 0; I < 30; I++) // = 31
        Sum += all(I); // = 30
    Self S;
    for (int I = 0; I < 5; I++) // = 6
        Sum += S.constant(&Sum).number() + passesOn(I); // = 5
    return Sum == 12345; // = 1
}
