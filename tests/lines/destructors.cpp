/* Destructors and constructors exist several times in the program, and are one function of the source. */
#include <string>
static int sink;

struct Plain {
    int *P;
    Plain() : P(new int(1)) // = 48
    {
        sink++; // = 48
    }
    virtual ~Plain() // = 48
    {
        delete P; // = 48
    } // = 48
};

struct Left : virtual Plain {
    std::string S;
    Left() // = 14
    {
        S = "left"; // = 14
    }
    ~Left() override // = 14
    {
        S.clear(); // = 14
    } // = 14
};

struct Base {
    virtual ~Base() {} // = 19
};

struct Text : Base {
    int K = 0;
    virtual ~Text() {} // = 12
};

struct Other : Text {
    ~Other() override // = 7
    {
    }
};

struct Two : Base, Plain {
    std::string S;
    ~Two() override // = 4
    {
        S = "a"; // = 4
    } // = 4
};

struct Three : Two {
    using Two::Two;
};

struct Node {
    Node *Next;
    explicit Node(Node *Next) // = 10
        : Next(Next)
    {
    }
    ~Node() // = 10
    {
        sink++; // = 10
        delete Next; // = 10
    } // = 10
};

struct Named {
    int Name;
    explicit Named(int N) : Name(N) { sink += N; } // = 12
    virtual ~Named() { sink -= Name; } // = 12
};

struct Heir : Named {
    using Named::Named;
    int More = 0;
};

struct C1 {
    C1() { sink++; } // = 9
    ~C1() { sink--; } // = 9
};

struct C2 {
    C2() { C1 One; } // = 9
    ~C2() { sink++; } // = 9
};

struct Tried {
    virtual ~Tried()
    try {
        sink++; // = 6
    } catch (...) {
        sink--;
    }
};

int main()
{
    for (int I = 0; I < 20; I++) { // = 21
        Plain *P = new Plain; // = 20
        if (I % 2) // = 20
            Plain Q; // = 10
        delete P; // = 20
    }
    for (int I = 0; I < 7; I++) { // = 8
        Plain *P = new Left; // = 7
        delete P; // = 7
        Left L; // = 7
    }
    for (int I = 0; I < 5; I++) { // = 6
        Base *B = new Text; // = 5
        delete B; // = 5
    }
    for (int I = 0; I < 7; I++) { // = 8
        Other O; // = 7
        sink++; // = 7
    }
    for (int I = 0; I < 4; I++) { // = 5
        Plain *P = new Three; // = 4
        delete P; // = 4
    }
    for (int I = 0; I < 3; I++) // = 4
        delete (Base *)new Base; // = 3
    Node *List = nullptr; // = 1
    for (int I = 0; I < 10; I++) // = 11
        List = new Node(List); // = 10
    delete List; // = 1
    for (int I = 0; I < 6; I++) { // = 7
        Named *N = new Heir(I); // = 6
        delete N; // = 6
        Heir H(I); // = 6
    }
    for (int I = 0; I < 9; I++) // = 10
        C2 C; // = 9
    for (int I = 0; I < 6; I++) // = 7
        delete new Tried; // = 6
    return sink == 0; // = 1
}
